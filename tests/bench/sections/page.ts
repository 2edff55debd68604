import type { Browser } from 'playwright-core';
import { launchBrowser } from '../../helpers/browser.ts';
import { startCity, type TestCity } from '../../helpers/city.ts';
import { temporaryDirectory } from '../../helpers/temporary.ts';
import { startLoad, UNLIMITED } from '../load.ts';
import { bigRegistry } from '../map.ts';
import { type OwnTasks, traceTasks } from '../page/own-tasks.ts';
import { stepBack } from '../page/step-back.ts';
import { type Tasks, type WatchedPage, watchPage } from '../page/watched.ts';
import { pause, percentile, ratio, type Section, whole } from '../section.ts';

/** Sizes of cities that a page is opened on: what a small one weighs is what the others are held against. */
const SIZES = [1_000, 10_000, 50_000, 200_000] as const;
const OPENINGS = 3;
/** Devices that tell something every second. */
const REPORTING = 10_000;
/** How long a tab is frozen, s. */
const FROZEN = 30;
/** How often the heap is looked at, s. */
const HEAP_EVERY = 20;
/** How long the page is watched, and with --long, s. */
const [WATCHED, LONG] = [300, 1_800];
/** How long its tasks are traced, s: a trace is large, and is in the way of what it tells of. */
const TRACED = 30;
/** What draws steps back behind the page's thread, as a graphics card would not stand in its way at all. */
const DRAWING_NICE = 10;
/** City and generator step back behind the browser: who looks at a city does so on a machine of their own. */
const NICE = 19;
const ADDRESS = '/?lang=vi&domain=traffic&metric=mean_speed';

interface Opening {
  readonly devices: number;
  readonly base: number;
  readonly firstMap: number;
  readonly whole: number;
  readonly beforeWorker: number;
  readonly gzip: number;
  readonly script: number;
  readonly data: number;
}

interface Live {
  readonly rate: number;
  readonly tasks: Tasks;
  readonly own: OwnTasks;
  readonly heaps: readonly number[];
  /** From the thaw until the page was where the city was, ms, and the work of it. */
  readonly caughtUp: number;
  readonly after: Tasks;
}

const kB = (bytes: number): string => `${whole(bytes / 1_000)} kB`;
const MiB = (bytes: number | undefined): string => `${((bytes ?? Number.NaN) / 2 ** 20).toFixed(1)} MiB`;

async function inCity<T, Filled>(
  fill: (path: string) => Promise<Filled>,
  work: (city: TestCity, filled: Filled) => Promise<T>,
): Promise<T> {
  const folder = await temporaryDirectory();
  try {
    const filled = await fill(folder.path);
    const city = await startCity({ dataDir: folder.path, env: UNLIMITED, under: ['nice', '-n', String(NICE)] });
    try {
      return await work(city, filled);
    } finally {
      await city.stop();
    }
  } finally {
    await folder.remove();
  }
}

/** Opens the page on a city of so many devices several times, each time as if for the first. */
const opening = (browser: Browser, devices: number): Promise<Opening> =>
  inCity(
    (path) => bigRegistry(path, devices),
    async (city) => {
      const seen: WatchedPage[] = [];
      for (let i = 0; i < OPENINGS; i += 1) {
        const page = await watchPage(browser, `${city.url}${ADDRESS}`);
        seen.push(page);
        await page.close();
      }
      const median = (of: (page: WatchedPage) => number): number => percentile(seen.map(of), 0.5);
      return {
        devices,
        base: median(({ base }) => base),
        firstMap: median(({ firstMap }) => firstMap),
        whole: median((page) => page.whole),
        beforeWorker: median(({ weight }) => weight.beforeWorker),
        gzip: median(({ weight }) => weight.gzipBeforeWorker),
        script: median(({ weight }) => weight.script),
        data: median(({ weight }) => weight.data),
      };
    },
  );

/** The tasks of several spans as one. */
const together = (spans: readonly Tasks[]): Tasks => ({
  longest: Math.max(0, ...spans.map(({ longest }) => longest)),
  over200: spans.reduce((sum, { over200 }) => sum + over200, 0),
  count: spans.reduce((sum, { count }) => sum + count, 0),
});

const live = (browser: Browser, seconds: number, progress: (line: string) => void): Promise<Live> =>
  inCity(
    (path) => bigRegistry(path, REPORTING),
    async (city, credentials) => {
      const rate = REPORTING;
      const load = await startLoad(city.mqttPort, credentials, {
        ...{ connections: REPORTING, inflight: 20, seconds: seconds + TRACED + FROZEN + 300, rate },
        ...{ start: Date.now(), step: 1_000, vary: true, nice: NICE },
      });
      const page = await watchPage(browser, `${city.url}${ADDRESS}`);
      await stepBack(browser, 'GPU', DRAWING_NICE);
      // What opening cost is not what living costs.
      await pause(10_000);
      await page.tasks();
      const heaps: number[] = [];
      const spans: Tasks[] = [];
      const end = performance.now() + seconds * 1_000;
      while (performance.now() < end) {
        await pause(HEAP_EVERY * 1_000);
        spans.push(await page.tasks());
        heaps.push(await page.heap());
        // The collection that was asked for is none of the page's, and is told of a moment later.
        await pause(1_000);
        await page.tasks();
        progress(`  heap ${MiB(heaps.at(-1))}, tasks over 200 ms ${spans.at(-1)?.over200}`);
      }
      const tasks = together(spans);
      const traced = await traceTasks(browser);
      await pause(TRACED * 1_000);
      const own = await traced();
      await page.tasks();
      const caughtUp = await page.away(FROZEN * 1_000);
      await pause(5_000);
      const after = await page.tasks();
      load.stop();
      const { acknowledged, elapsed } = await load.result;
      await page.close();
      return { rate: acknowledged / elapsed, tasks, own, heaps, caughtUp, after };
    },
  );

function render(openings: readonly Opening[], moving: Live, seconds: number): string[] {
  const [least] = openings;
  const { heaps, tasks, own, after } = moving;
  return [
    '## The page, in Chromium with a graphics card of software',
    '',
    'There is none in this machine: SwiftShader, in Chromium’s process for the graphics card, draws with the same two cores. City and',
    `generator run at nice ${NICE}, for who looks at a city has a machine of their own; the process that draws at nice ${DRAWING_NICE} while the page lives.`,
    `Opened ${OPENINGS} times with nothing cached, 1440 × 900, whole domain with its metric; medians. Times are from the navigation to the`,
    'first picture with all of the base map on it, to the devices too, and to the whole page at rest. Script is what came',
    'before the map’s worker was asked for, as gzip packs it and as it went over the wire (Brotli, with headers), and all but the worker;',
    'data is what the API answered.',
    '',
    '| registered devices | base map ms | devices on it ms | at rest ms | script before the worker, gzip | on the wire | all script | data | data against the smallest |',
    '|---|---|---|---|---|---|---|---|---|',
    ...openings.map(({ devices, base, firstMap, whole: all, gzip, beforeWorker, script, data }) => {
      const times = `${whole(base)} | ${whole(firstMap)} | ${whole(all)}`;
      return `| ${whole(devices)} | ${times} | ${kB(gzip)} | ${kB(beforeWorker)} | ${kB(script)} | ${kB(data)} | ${ratio(data, least?.data)} |`;
    }),
    '',
    `${whole(REPORTING)} devices that each tell another value every second (${whole(moving.rate)} messages/s acknowledged), ${seconds} s with the page open:`,
    '',
    `- long tasks of the page's thread (over 50 ms by the clock): ${tasks.count}, the longest ${whole(tasks.longest)} ms, over 200 ms: ${tasks.over200}`,
    `- in ${TRACED} s more, by the processor's time that they took themselves, which generator, city and software rendering do not lengthen: over 50 ms ${own.over50}, over 200 ms ${own.over200}, the longest ${whole(own.longest)} ms; the thread was busy for ${whole(own.busy)} ms of a second`,
    `- heap after a collection, every ${HEAP_EVERY} s: first ${MiB(heaps[0])}, last ${MiB(heaps.at(-1))}, most ${MiB(Math.max(...heaps))}`,
    `- frozen for ${FROZEN} s and thawed: live again after ${whole(moving.caughtUp)} ms, longest task ${whole(after.longest)} ms`,
  ];
}

export const page: Section = {
  name: 'page',
  async measure({ long, progress }) {
    const browser = await launchBrowser({ gpu: true });
    try {
      const openings: Opening[] = [];
      for (const devices of SIZES) {
        progress(`the page on ${whole(devices)} devices`);
        openings.push(await opening(browser, devices));
      }
      progress(`${whole(REPORTING)} devices a second`);
      const lasting = long ? LONG : WATCHED;
      return render(openings, await live(browser, lasting, progress), lasting);
    } finally {
      await browser.close();
    }
  },
};
