import { parseArgs } from 'node:util';
import { InfluxDB, Point } from '@influxdata/influxdb-client';
import { connectAsync } from 'mqtt';

/**
 * What a developer writes in an afternoon: subscribe, parse, let the InfluxDB client batch and write. Prints how many
 * points it has handed to the client, once a second.
 */
const { values: args } = parseArgs({
  options: { port: { type: 'string' }, influx: { type: 'string' }, database: { type: 'string' } },
});

const write = new InfluxDB({ url: args.influx ?? '', timeout: 60_000 }).getWriteApi('', args.database ?? '', 'ms', {
  batchSize: 5_000,
  flushInterval: 200,
  maxRetries: 5,
});
write.path = `/write?db=${args.database}&precision=ms`;
const client = await connectAsync(`mqtt://127.0.0.1:${args.port}`, { clientId: 'store', clean: false });
let count = 0;
client.on('message', (topic, payload) => {
  const message: { time: number; values: Record<string, number> } = JSON.parse(payload.toString());
  const point = new Point('traffic').tag('device', topic.split('/')[2] ?? '').timestamp(message.time);
  for (const [metric, value] of Object.entries(message.values)) point.floatField(metric, value);
  write.writePoint(point);
  count += 1;
});
await client.subscribeAsync('city/#', { qos: 1 });
process.stdout.write('subscribed\n');
setInterval(() => process.stdout.write(`count ${count}\n`), 1_000);
process.on('SIGTERM', () => {
  write.close().then(
    () => process.exit(0),
    () => process.exit(1),
  );
});
