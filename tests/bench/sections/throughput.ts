import { startInfluxd } from '../../helpers/influxd.ts';
import type { Load } from '../load.ts';
import { type BenchOptions, ratio, type Section, whole } from '../section.ts';
import { cityKilled, cityRate, handWrittenRate, plainRate, type Rate } from '../throughput.ts';

interface ThroughputFigures {
  readonly load: Load;
  readonly ceiling: Rate;
  readonly aedes: Rate;
  readonly duckdb: Rate;
  readonly influxdb: Rate;
  readonly handWritten: Rate;
  readonly lost: { readonly city: number; readonly subscriber: number; readonly broker: number };
}

async function measure({ seconds, progress }: BenchOptions): Promise<ThroughputFigures> {
  const load = { connections: 100, inflight: 50, seconds };
  const short = { ...load, seconds: Math.min(seconds, 20) };
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

function render(t: ThroughputFigures): string[] {
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
  ];
}

export const throughput: Section = {
  name: 'throughput',
  measure: async (options) => render(await measure(options)),
};
