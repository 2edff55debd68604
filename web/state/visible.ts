/**
 * Does something while the page can be seen: `begin` is called at once or when it becomes visible, and what it answers
 * when it is hidden, until the returned function is called. A hidden page may be frozen at any moment, and what had
 * waited for it would then come all at once.
 */
export function whileVisible(begin: () => () => void): () => void {
  let end: (() => void) | undefined;
  const look = () => {
    if (document.visibilityState === 'hidden') {
      end?.();
      end = undefined;
    } else end ??= begin();
  };
  document.addEventListener('visibilitychange', look);
  look();
  return () => {
    document.removeEventListener('visibilitychange', look);
    end?.();
    end = undefined;
  };
}
