/** What can have the focus by Tab. */
const REACHABLE = ':is(a[href], button, input, select, textarea, summary, [tabindex="0"]):not(:disabled)';

/**
 * An attachment: when what has the focus is taken off the page, the focus goes on to what came after it, or else
 * before it, so that who has no pointer is not sent back to the beginning. Who knows a better place sets it there.
 */
export function keepFocus(node: HTMLElement): () => void {
  let focused: HTMLElement | null = null;
  /** Where to go on, the nearest first. */
  let near: readonly HTMLElement[] = [];
  const came = ({ target }: FocusEvent) => {
    focused = target instanceof HTMLElement && target.matches(':focus-visible') ? target : null;
    if (focused === null) return;
    const all = [...node.querySelectorAll<HTMLElement>(REACHABLE)];
    const at = all.indexOf(focused);
    near = at === -1 ? [] : [...all.slice(at + 1), ...all.slice(0, at).reverse()];
  };
  const watch = new MutationObserver(() => {
    if (focused === null || focused.isConnected) return;
    focused = null;
    if (document.activeElement !== document.body) return;
    near.find((each) => each.isConnected && each.checkVisibility())?.focus();
  });
  node.addEventListener('focusin', came);
  watch.observe(node, { childList: true, subtree: true });
  return () => {
    node.removeEventListener('focusin', came);
    watch.disconnect();
  };
}
