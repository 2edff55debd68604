import type { Browser } from 'playwright-core';
import { z } from 'zod';

/** What a page's thread did meanwhile, as Chromium's trace tells it. */
export interface OwnTasks {
  /** ms of processor time that the thread took, of every second. */
  readonly busy: number;
  /** Processor time of the task that took most, ms; of how many it was over 50 and over 200 ms. */
  readonly longest: number;
  readonly over50: number;
  readonly over200: number;
}

/** Trace Event Format: a thread's name, or a complete event; µs by the clock, `tdur` of the thread's own processor time. */
const TraceEvent = z.object({
  name: z.string(),
  ph: z.string(),
  pid: z.number(),
  tid: z.number(),
  ts: z.number(),
  dur: z.number().default(0),
  tdur: z.number().default(0),
  args: z.object({ name: z.string().optional() }).default({}),
});
type TraceEvent = z.infer<typeof TraceEvent>;

const TASK = 'ThreadControllerImpl::RunTask';
const threadOf = ({ pid, tid }: TraceEvent): string => `${pid}/${tid}`;

/** Tasks that lie in no other: a task may run others. */
function outermost(tasks: readonly TraceEvent[]): readonly TraceEvent[] {
  let end = Number.NEGATIVE_INFINITY;
  return [...tasks]
    .sort((a, b) => a.ts - b.ts || b.dur - a.dur)
    .filter(({ ts, dur }) => {
      if (ts < end) return false;
      end = ts + dur;
      return true;
    });
}

/**
 * Traces the tasks of the pages until the returned function is called. By the clock a task takes as long as others have the
 * processor, which generator, city and software rendering share with the page: its own time is what the page asks for.
 */
export async function traceTasks(browser: Browser): Promise<() => Promise<OwnTasks>> {
  const session = await browser.newBrowserCDPSession();
  const pages = new Set<string>();
  const tasks: TraceEvent[] = [];
  session.on('Tracing.dataCollected', ({ value }) => {
    for (const raw of value) {
      const event = TraceEvent.safeParse(raw).data;
      if (event?.name === 'thread_name' && event.args.name === 'CrRendererMain') pages.add(threadOf(event));
      else if (event?.name === TASK && event.ph === 'X') tasks.push(event);
    }
  });
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: ['toplevel'], recordMode: 'recordAsMuchAsPossible' },
  });
  const began = performance.now();
  return async () => {
    const seconds = (performance.now() - began) / 1_000;
    const complete = new Promise<void>((resolve) => session.once('Tracing.tracingComplete', () => resolve()));
    await session.send('Tracing.end');
    await complete;
    await session.detach();
    const own = outermost(tasks.filter((event) => pages.has(threadOf(event))));
    const took = own.map(({ tdur }) => tdur / 1_000);
    return {
      busy: took.reduce((sum, ms) => sum + ms, 0) / seconds,
      longest: Math.max(0, ...took),
      over50: took.filter((ms) => ms > 50).length,
      over200: took.filter((ms) => ms > 200).length,
    };
  };
}
