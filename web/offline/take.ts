/** What the page tells a service worker that waits: the reader wants the new build. */
export const TAKE = 'take';
