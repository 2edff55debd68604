/** Lets the page open without a network from now on; where service workers are not to be had it goes on without. */
export function keepPage(): void {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  // After the page: what it keeps must not slow down what it shows.
  window.addEventListener('load', () => void navigator.serviceWorker.register('/sw.js').catch(() => {}), {
    once: true,
  });
}
