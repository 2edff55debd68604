import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { pause } from '../section.ts';

/** What the page weighed until its map was drawn, bytes as they went over the wire. */
export interface Weight {
  /** Of the scripts that came before the map's worker was asked for, with the answers' headers. */
  readonly beforeWorker: number;
  /** The same scripts as gzip packs them, without headers. */
  readonly gzipBeforeWorker: number;
  /** Of all scripts but the worker. */
  readonly script: number;
  /** Of everything that the API and the map's data were. */
  readonly data: number;
}

/** Long tasks of the page's thread (W3C Long Tasks: over 50 ms), ms. */
export interface Tasks {
  readonly longest: number;
  readonly over200: number;
  readonly count: number;
}

/** A page that is being looked at: how long, how heavy, how busy. */
export interface WatchedPage {
  readonly tab: Page;
  /** From the navigation to the base map's first picture, to the devices on it, and to the whole page, ms. */
  readonly base: number;
  readonly firstMap: number;
  readonly whole: number;
  readonly weight: Weight;
  /** Long tasks since this was last asked. */
  tasks(): Promise<Tasks>;
  /** Bytes of the JavaScript heap after a collection. */
  heap(): Promise<number>;
  /** Puts the tab into the background and has it frozen there for so long, then brings it back; ms until it was live again. */
  away(ms: number): Promise<number>;
  close(): Promise<void>;
}

/** What notes long tasks from the first moment on. */
const OBSERVE = `
  window.nhipTasks = [];
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) window.nhipTasks.push(duration);
  }).observe({ type: 'longtask', buffered: true });
`;

/** How many bytes the built file behind this address has where the server sends it as gzip; what gets no smaller has none. */
function gzipped(url: string): number {
  const path = fileURLToPath(new URL(`../../../dist/web${new URL(url).pathname}`, import.meta.url));
  return (statSync(`${path}.gz`, { throwIfNoEntry: false }) ?? statSync(path)).size;
}

/** Bytes of each answer that came, by what it was. */
async function weigh(session: CDPSession): Promise<() => Promise<Weight>> {
  const answers = new Map<string, { readonly kind: 'script' | 'data'; readonly url: string }>();
  const weight = { beforeWorker: 0, gzipBeforeWorker: 0, script: 0, data: 0 };
  let worker = false;
  await session.send('Network.enable');
  session.on('Network.requestWillBeSent', ({ request }) => {
    worker ||= request.url.includes('worker');
  });
  session.on('Network.responseReceived', ({ requestId, response, type }) => {
    const { url } = response;
    if (type === 'Script' && !url.includes('worker')) answers.set(requestId, { kind: 'script', url });
    else if (url.includes('/api/')) answers.set(requestId, { kind: 'data', url });
  });
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    const answer = answers.get(requestId);
    if (answer === undefined) return;
    weight[answer.kind] += encodedDataLength;
    if (answer.kind !== 'script' || worker) return;
    weight.beforeWorker += encodedDataLength;
    weight.gzipBeforeWorker += gzipped(answer.url);
  });
  return async () => {
    // From here on nobody listens: what the stream tells would be told to the bench too.
    await session.send('Network.disable');
    return { ...weight };
  };
}

/** Opens the page of a city at an address and waits for its map. */
export async function watchPage(browser: Browser, url: string): Promise<WatchedPage> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'vi-VN' });
  await context.addInitScript(OBSERVE);
  const tab = await context.newPage();
  tab.setDefaultTimeout(180_000);
  const session = await context.newCDPSession(tab);
  const weight = await weigh(session);
  const began = performance.now();
  await tab.goto(url);
  await tab.waitForSelector('html[data-map="idle"]', { timeout: 180_000 });
  const whole = performance.now() - began;
  /** When the page itself noted something, ms since the navigation. */
  const noted = async (name: string): Promise<number> =>
    tab.evaluate<number>(`performance.getEntriesByName('${name}')[0]?.startTime ?? NaN`);
  const [base, firstMap] = [await noted('base-map'), await noted('first-map')];

  return {
    tab,
    ...{ base, firstMap, whole, weight: await weight() },
    async tasks() {
      const durations = await tab.evaluate<number[]>('window.nhipTasks.splice(0)');
      return {
        longest: Math.max(0, ...durations),
        over200: durations.filter((ms) => ms > 200).length,
        count: durations.length,
      };
    },
    async heap() {
      await session.send('HeapProfiler.collectGarbage');
      const { usedSize } = await session.send('Runtime.getHeapUsage');
      return usedSize;
    },
    async away(ms) {
      // Without a screen no tab hides another: the page is told what a browser would tell it.
      const tell = (state: string) =>
        tab.evaluate(`Object.defineProperty(document, 'visibilityState', { value: '${state}', configurable: true });
          document.dispatchEvent(new Event('visibilitychange'))`);
      await tell('hidden');
      await session.send('Page.setWebLifecycleState', { state: 'frozen' });
      await pause(ms);
      await session.send('Page.setWebLifecycleState', { state: 'active' });
      const began = performance.now();
      await tell('visible');
      await tab.waitForSelector('.badge.live', { timeout: 120_000 });
      return performance.now() - began;
    },
    close: () => context.close(),
  };
}
