import { cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Load } from './load.ts';
import type { Footprint, QueryFigures } from './queries.ts';
import type { Rate } from './throughput.ts';

export const PERFORMANCE_DOC = fileURLToPath(new URL('../../docs/performance.md', import.meta.url));

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
}

const whole = (value: number | undefined): string =>
  value === undefined ? '–' : Math.round(value).toLocaleString('en');
const ratio = (a: number | undefined, b: number | undefined): string =>
  a === undefined || b === undefined ? '–' : (a / b).toFixed(2);

/** docs/performance.md: the figures of one run and the machine they were measured on. */
export function renderReport({ throughput, queries, footprint }: Report): string {
  const [cpu] = cpus();
  const lines = [
    '# Performance',
    '',
    `Measured by \`npm run bench -- --write\` on ${cpu?.model.trim() ?? 'an unknown processor'}, ${cpus().length} cores shared by generator, brokers and`,
    `stores, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}, ${new Date().toISOString().slice(0, 10)}. Absolute figures are this machine’s; the ratios are of one run, side by side.`,
    '',
  ];
  if (throughput) lines.push(...renderThroughput(throughput));
  if (queries) lines.push(...renderQueries(queries));
  if (footprint) lines.push(...renderFootprint(footprint));
  return `${lines.join('\n').trimEnd()}\n`;
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
  return [
    `## Queries over ${whole(q.observations)} observations`,
    '',
    `A week of 10,000 series in DuckDB (filled at ${whole(q.putRate)} observations/s), asked through HTTP, one after another.`,
    '',
    '| query | p50 ms | p99 ms | runs |',
    '|---|---|---|---|',
    ...q.queries.map(
      (query) => `| ${query.name} | ${query.p50.toFixed(1)} | ${query.p99.toFixed(1)} | ${query.runs} |`,
    ),
    '',
  ];
}

function renderFootprint(f: Footprint): string[] {
  return [
    '## The default city (600 simulated devices)',
    '',
    `- from the start of the process to \`ready\`: ${whole(f.ready)} ms (${whole(f.firstReady)} ms at the very first start, which registers the devices)`,
    `- resident memory after a minute: ${whole(f.rss)} MB`,
    `- CPU, simulators included: ${(f.cpu * 100).toFixed(0)} % of one core`,
    '',
  ];
}
