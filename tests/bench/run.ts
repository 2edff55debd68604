import { parseArgs } from 'node:util';
import { build, isStale } from '../../scripts/build.ts';
import { startInfluxd } from '../helpers/influxd.ts';
import { footprint, manyDevices } from './footprint.ts';
import { queryFigures } from './queries.ts';
import { type Report, renderReport, writeReport } from './report.ts';
import { cityKilled, cityRate, handWrittenRate, plainRate } from './throughput.ts';

/**
 * `npm run bench`: every figure of docs/performance.md, measured side by side in one run. `--seconds` for each load
 * (60), `--observations` to store for the queries (20 million), `--only` some of throughput, queries, footprint, fleet, `--write`
 * to write what was measured into its sections of the document.
 */
const { values: args } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    observations: { type: 'string', default: '20000000' },
    write: { type: 'boolean', default: false },
    only: { type: 'string' },
  },
});
const seconds = Number(args.seconds);
const load = { connections: 100, inflight: 50, seconds };
const short = { ...load, seconds: Math.min(seconds, 20) };
const progress = (line: string): void => console.error(`${new Date().toISOString().slice(11, 19)} ${line}`);

if (isStale()) build();

async function throughput(): Promise<Report['throughput']> {
  progress('the generator’s own ceiling');
  const ceiling = await plainRate('sink.ts', { ...load, seconds: 10 });
  progress('bare Aedes');
  const aedes = await plainRate('bare-aedes.ts', short);
  progress('the city with DuckDB');
  const duckdb = await cityRate(load);
  progress(`  ${duckdb.stored?.toFixed(0)} stored/s`);
  const influxd = await startInfluxd();
  try {
    progress('the city with InfluxDB');
    const influxdb = await cityRate(load, {
      STORE: 'influxdb',
      INFLUX_URL: influxd.url,
      INFLUX_DATABASE: 'nhip_bench',
    });
    progress('mosquitto, mqtt.js, InfluxDB’s client');
    const handWritten = await handWrittenRate(load, influxd, 'nothing');
    progress('bare Aedes again');
    const aedesAgain = await plainRate('bare-aedes.ts', short);
    progress('kill -9 in the middle: the city');
    const cityLost = await cityKilled(short);
    progress('kill -9 in the middle: the hand-written stack');
    const subscriberKilled = await handWrittenRate(short, influxd, 'subscriber');
    const brokerKilled = await handWrittenRate(short, influxd, 'broker');
    return {
      load,
      ceiling,
      aedes: { acknowledged: (aedes.acknowledged + aedesAgain.acknowledged) / 2 },
      duckdb,
      influxdb,
      handWritten,
      lost: { city: cityLost, subscriber: subscriberKilled.lost ?? 0, broker: brokerKilled.lost ?? 0 },
    };
  } finally {
    await influxd.stop();
  }
}

const wants = (part: string): boolean => args.only === undefined || args.only.split(',').includes(part);
const report: Report = {
  throughput: wants('throughput') ? await throughput() : undefined,
  queries: wants('queries') ? await queryFigures(Number(args.observations), 100, progress) : undefined,
  footprint: wants('footprint') ? await footprint(60) : undefined,
  fleet: wants('fleet') ? await manyDevices(20_000, 60) : undefined,
};
console.log(renderReport(report));
if (args.write) await writeReport(report);
process.exit(0);
