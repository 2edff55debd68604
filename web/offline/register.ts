/**
 * Lets the page open without a network from now on; where service workers are not to be had it goes on without. To be
 * called once everything is shown: what is kept must not slow that down.
 */
export function keepPage(): void {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  navigator.serviceWorker.register('/sw.js').catch(() => {});
}
