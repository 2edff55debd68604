/**
 * The page's service worker (W3C Service Workers): the shell, its fonts and its map, so that the page opens without
 * a network. It never answers for /api: what a reader may see hangs on their key, and a cache knows no keys.
 */

import { TAKE } from './take.ts';

/** What the build puts in: the name of this build, and every file of it. */
declare const __BUILD__: string;
declare const __FILES__: readonly string[];

/** What is used of the WebWorker library, whose globals cannot stand beside those of the DOM. */
interface Lasting extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface Fetching extends Lasting {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}
interface Scope {
  readonly location: Location;
  readonly clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
  addEventListener(type: 'install' | 'activate', listener: (event: Lasting) => void): void;
  addEventListener(type: 'fetch', listener: (event: Fetching) => void): void;
  addEventListener(type: 'message', listener: (event: MessageEvent<unknown>) => void): void;
}
declare const self: Scope;

const PREFIX = 'nhip-page-';
const CACHE = `${PREFIX}${__BUILD__}`;
const PAGE = '/index.html';
/** Builds kept beside the newest one: an open tab may still ask for a part of its own. */
const EARLIER = 2;
/** How long the network may take to bring the page before the kept one is shown, ms. */
const PATIENCE_MS = 4_000;
/** What the city answers itself. */
const NOT_THE_PAGE = /^\/(api|mqtt|healthz|readyz|metrics|basemap)(\/|$)/;

async function install(): Promise<void> {
  const cache = await caches.open(CACHE);
  // Files are named by their content, but for a few: those are read anew.
  await cache.addAll(__FILES__.map((path) => new Request(path, { cache: 'no-cache' })));
}

async function activate(): Promise<void> {
  const builds = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== CACHE);
  // The oldest first, as they were made.
  await Promise.all(builds.slice(0, Math.max(0, builds.length - EARLIER)).map((name) => caches.delete(name)));
  await self.clients.claim();
}

/** The page as the network brings it, so that a new build is taken at once; the kept one where that takes too long. */
async function page(request: Request): Promise<Response> {
  try {
    const answer = await fetch(request, { signal: AbortSignal.timeout(PATIENCE_MS) });
    if (answer.status < 500) return answer;
  } catch {
    // No network: the kept page it is.
  }
  const cache = await caches.open(CACHE);
  return (await cache.match(PAGE)) ?? Response.error();
}

/** A file of this build or of an earlier one, else the network's. */
async function file(request: Request): Promise<Response> {
  return (await caches.match(request, { ignoreSearch: true })) ?? (await fetch(request));
}

// A new build waits until no tab is open any more, or until a reader takes it: see update.svelte.ts.
self.addEventListener('message', ({ data }) => {
  if (data === TAKE) void self.skipWaiting();
});
self.addEventListener('install', (event) => event.waitUntil(install()));
self.addEventListener('activate', (event) => event.waitUntil(activate()));
self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== self.location.origin || NOT_THE_PAGE.test(pathname)) return;
  if (request.mode === 'navigate') event.respondWith(page(request));
  else if (__FILES__.includes(pathname) || pathname.startsWith('/assets/')) event.respondWith(file(request));
});
