import { parseArgs } from 'node:util';
import { build, isStale } from '../../scripts/build.ts';
import { machine, writeSection } from './report.ts';
import { SECTIONS } from './sections.ts';

/**
 * `npm run bench`: every figure of docs/performance.md, measured side by side in one run. `--seconds` for each load
 * (60), `--long` to watch the page for half an hour in place of five minutes, `--observations` to store for the queries (20 million), `--only` some of the sections by name, `--write` to
 * write what was measured into the document.
 */
const { values: args } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    long: { type: 'boolean', default: false },
    observations: { type: 'string', default: '20000000' },
    write: { type: 'boolean', default: false },
    only: { type: 'string' },
  },
});
const only = args.only?.split(',');
const unknown = only?.find((name) => !SECTIONS.some((section) => section.name === name));
if (unknown !== undefined)
  throw new Error(`--only ${unknown}: there are ${SECTIONS.map(({ name }) => name).join(', ')}`);
const progress = (line: string): void => console.error(`${new Date().toISOString().slice(11, 19)} ${line}`);
const options = { seconds: Number(args.seconds), long: args.long, observations: Number(args.observations), progress };

if (isStale()) build();
for (const { name, measure } of SECTIONS) {
  if (only && !only.includes(name)) continue;
  progress(name);
  const section = [...(await measure(options)), '', machine()].join('\n');
  console.log(`${section}\n`);
  if (args.write) await writeSection(name, section);
}
process.exit(0);
