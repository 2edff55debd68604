import { readFile, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { FleetFigures, Footprint } from './footprint.ts';
import type { Load } from './load.ts';
import type { Percentiles, QueryFigures } from './queries.ts';
import type { Rate } from './throughput.ts';

const PERFORMANCE_DOC = fileURLToPath(new URL('../../docs/performance.md', import.meta.url));

export interface Report {
  readonly throughput:
    | {
        readonly load: Load;
        readonly ceiling: Rate;
        readonly aedes: Rate;
        readonly duckdb: Rate;
        readonly influxdb: Rate;
        readonly handWritten: Rate;
        readonly lost: { readonly city: number; readonly subscriber: number; readonly broker: number };
      }
    | undefined;
  readonly queries: QueryFigures | undefined;
  readonly footprint: Footprint | undefined;
  readonly fleet: FleetFigures | undefined;
}

const whole = (value: number | undefined): string =>
  value === undefined ? '–' : Math.round(value).toLocaleString('en');
const ratio = (a: number | undefined, b: number | undefined): string =>
  a === undefined || b === undefined ? '–' : (a / b).toFixed(2);

/** A part of the report by name, with the machine and the day it was measured on; nothing for a part that was not. */
function sectionsOf({ throughput, queries, footprint, fleet }: Report): ReadonlyMap<string, string> {
  const sections = new Map<string, readonly string[]>();
  if (throughput) sections.set('throughput', renderThroughput(throughput));
  if (queries) sections.set('queries', renderQueries(queries));
  if (footprint) sections.set('footprint', renderFootprint(footprint));
  if (fleet) sections.set('fleet', renderFleet(fleet));
  const [cpu] = cpus();
  const machine = `Measured ${new Date().toISOString().slice(0, 10)} on ${cpu?.model.trim() ?? 'an unknown processor'}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}.`;
  return new Map([...sections].map(([name, lines]) => [name, [...lines, machine].join('\n').trim()]));
}

/** What was measured, as text. */
export const renderReport = (report: Report): string => [...sectionsOf(report).values()].join('\n\n');

/**
 * Puts what was measured between its marks in docs/performance.md; the rest of the document stays. Throws where a
 * section has no marks.
 */
export async function writeReport(report: Report): Promise<void> {
  let text = await readFile(PERFORMANCE_DOC, 'utf8');
  for (const [name, section] of sectionsOf(report)) {
    const [begin, end] = [`<!-- bench ${name} -->`, `<!-- end of ${name} -->`];
    const [from, to] = [text.indexOf(begin), text.indexOf(end)];
    if (from < 0 || to < from) throw new Error(`${PERFORMANCE_DOC} has no section ${name}`);
    text = `${text.slice(0, from + begin.length)}\n${section}\n${text.slice(to)}`;
  }
  await writeFile(PERFORMANCE_DOC, text);
}

function renderThroughput(t: NonNullable<Report['throughput']>): string[] {
  const row = (name: string, rate: Rate): string =>
    `| ${name} | ${whole(rate.acknowledged)} | ${whole(rate.stored)} | ${whole(rate.lost)} |`;
  const flat = (rate: Rate): string => {
    const samples = rate.pending ?? [];
    const half = Math.floor(samples.length / 2);
    const mean = (part: readonly number[]): number => part.reduce((sum, n) => sum + n, 0) / Math.max(1, part.length);
    return `mean ${whole(mean(samples.slice(0, half)))} in the first half, ${whole(mean(samples.slice(half)))} in the second, at most ${whole(Math.max(0, ...samples))}`;
  };
  return [
    '## Acknowledged and stored',
    '',
    `${t.load.connections} connections, ${t.load.inflight} in flight each, QoS 1, 200-byte payloads with one new observation each, ${t.load.seconds} s, from raw sockets in a`,
    `process of their own (its ceiling against a socket that only acknowledges: ${whole(t.ceiling.acknowledged)} messages/s).`,
    '',
    '| | acknowledged/s | stored/s | acknowledged and lost |',
    '|---|---|---|---|',
    row('bare Aedes: no hook, no subscriber, nothing stored', { acknowledged: t.aedes.acknowledged }),
    row('**Nhịp, DuckDB** (whole process, flushed before PUBACK)', t.duckdb),
    row('**Nhịp, InfluxDB** 1.6.7', t.influxdb),
    row('mosquitto, unlimited queues → mqtt.js → InfluxDB’s client → the same influxd', t.handWritten),
    '',
    `- Stored by Nhịp with DuckDB over what bare Aedes acknowledges: **${ratio(t.duckdb.stored, t.aedes.acknowledged)}**`,
    `- Stored by Nhịp with DuckDB over what the hand-written stack stores: **${ratio(t.duckdb.stored, t.handWritten.stored)}**; with InfluxDB ${ratio(t.influxdb.stored, t.handWritten.stored)}`,
    `- Pending messages with DuckDB: ${flat(t.duckdb)}.`,
    `- Pending messages with InfluxDB: ${flat(t.influxdb)}.`,
    '',
    `Killed with -9 in the middle of the load and started again, acknowledged messages that never reached the store: Nhịp **${whole(t.lost.city)}**;`,
    `the hand-written stack ${whole(t.lost.subscriber)} when its subscriber is killed, ${whole(t.lost.broker)} when mosquitto and subscriber are.`,
    '',
  ];
}

function renderQueries(q: QueryFigures): string[] {
  const row = ({ name, p50, p99, runs }: Percentiles): string =>
    `| ${name} | ${p50.toFixed(1)} | ${p99.toFixed(1)} | ${runs} |`;
  return [
    `## Queries over ${whole(q.observations)} observations`,
    '',
    `A week of 10,000 series in DuckDB (filled at ${whole(q.putRate)} observations/s), asked through HTTP, one after another.`,
    '',
    '| query | p50 ms | p99 ms | runs |',
    '|---|---|---|---|',
    ...q.queries.map(row),
    row(q.during.wards),
    '',
    `The last row was measured while ${whole(q.during.rate)} messages a second were acknowledged.`,
    '',
  ];
}

function renderFootprint(f: Footprint): string[] {
  return [
    '## The default city (600 simulated devices)',
    '',
    `- from the start of the process to \`ready\`: ${whole(f.ready)} ms (${whole(f.firstReady)} ms at the very first start, which registers the devices)`,
    `- resident memory after some minutes: ${whole(f.rss)} MB`,
    `- CPU, simulators included: ${(f.cpu * 100).toFixed(0)} % of one core`,
    '',
  ];
}

function renderFleet(f: FleetFigures): string[] {
  const half = Math.floor(f.pending.length / 2);
  const mean = (part: readonly number[]): string =>
    whole(part.reduce((sum, n) => sum + n, 0) / Math.max(1, part.length));
  return [
    `## ${whole(f.devices)} simulated devices`,
    '',
    `- \`ready\` after ${whole(f.ready)} ms; as many messages as devices processed after ${whole(f.reported)} s`,
    `- stored: ${whole(f.stored)} observations/s over ${f.pending.length} s`,
    `- pending messages: mean ${mean(f.pending.slice(0, half))} in the first half, ${mean(f.pending.slice(half))} in the second, at most ${whole(Math.max(0, ...f.pending))}`,
    `- ${whole(f.rss)} MB resident, ${(f.cpu * 100).toFixed(0)} % of one core, simulators included`,
    '',
  ];
}
