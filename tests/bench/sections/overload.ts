import { type Overloaded, type OverloadFigures, overloadFigures } from '../overload.ts';
import { type Section, whole } from '../section.ts';

const mb = (bytes: number): string => whole(bytes / 2 ** 20);

function render({ busyStore, slowDisk, away }: OverloadFigures, seconds: number): string[] {
  const row = (name: string, figures: Overloaded | undefined): string =>
    figures
      ? `| ${name} | ${whole(figures.rate)} | ${mb(figures.before)} | ${mb(figures.peak)} | ${mb(figures.after)} | ${figures.recovered.toFixed(1)} |`
      : `| ${name} | – | – | – | – | – |`;
  return [
    '## Overload',
    '',
    `200 connections keep 2,000 messages of 200 bytes in flight each: ${seconds} s against the store and against a disk that takes 100 ms longer for`,
    `every flush, and until a backlog of ${mb(away.limit)} MiB is full against a store that is away. MiB of anonymous resident memory:`,
    `the journal’s mapped pages are the page cache’s.`,
    '',
    '| | acknowledged/s | before | at most | after | s until all was stored |',
    '|---|---|---|---|---|---|',
    row('a store slower than its senders', busyStore),
    row('a disk slow to flush', slowDisk),
    row('a store that is away', away),
    '',
    `The backlog stood at ${mb(away.backlog)} of ${mb(away.limit)} MiB when it refused, ${away.seconds.toFixed(0)} s after the store went.`,
  ];
}

export const overload: Section = {
  name: 'overload',
  measure: async ({ seconds, progress }) => render(await overloadFigures(seconds, progress), seconds),
};
