import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startCity } from '../../helpers/city.ts';
import { temporaryDirectory } from '../../helpers/temporary.ts';
import { type Load, startLoad } from '../load.ts';
import { type BenchOptions, pause, ratio, type Section, whole } from '../section.ts';
import { registerFleet } from '../throughput.ts';

const TRANSPORTS = ['tcp', 'tls', 'ws'] as const;
const NAMES = { tcp: 'plain', tls: 'TLS', ws: 'WebSocket' };
/** Connections, and how many messages each keeps under way. */
const SHAPES = [
  { connections: 1, inflight: 1_000 },
  { connections: 100, inflight: 50 },
  { connections: 1_000, inflight: 10 },
];
/** What the limits of one sender would otherwise hold back. */
const ENV = { DEVICE_RATE: '1000000', PROVIDER_RATE: '1000000' };

interface Measured {
  readonly acknowledged: number;
  readonly stored: number;
}

/** A self-signed certificate of an elliptic curve, as fleets use today. */
async function certificate(folder: string): Promise<{ cert: string; key: string }> {
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-subj', '/CN=localhost'];
  await promisify(execFile)('openssl', ['req', '-x509', ...curve, '-days', '2', '-keyout', key, '-out', cert]);
  return { cert, key };
}

/** What a new city acknowledges and stores of a load. */
async function measured(load: Load, files: { cert: string; key: string }): Promise<Measured> {
  const folder = await temporaryDirectory();
  const tls = { MQTTS_PORT: '0', TLS_CERT: files.cert, TLS_KEY: files.key };
  const city = await startCity({ dataDir: join(folder.path, 'data'), env: { ...ENV, ...tls } });
  try {
    const [, mqtts] = await city.line(/^mqtts mqtts:\/\/[^:]+:(\d+)$/m);
    const ports = { tcp: city.mqttPort, tls: Number(mqtts), ws: Number(new URL(city.url).port) };
    const credentials = await registerFleet(city, load.connections);
    const running = await startLoad(ports[load.transport ?? 'tcp'], credentials, load);
    const began = performance.now();
    await pause(load.seconds * 1_000);
    const { observations } = await city.ledger();
    const elapsed = (performance.now() - began) / 1_000;
    const result = await running.result;
    return { acknowledged: result.acknowledged / result.elapsed, stored: observations.stored / elapsed };
  } finally {
    await city.kill();
    await folder.remove();
  }
}

async function measure({ seconds, progress }: BenchOptions): Promise<readonly string[]> {
  const folder = await temporaryDirectory();
  try {
    const files = await certificate(folder.path);
    const rows: string[] = [];
    for (const shape of SHAPES) {
      let plain: Measured | undefined;
      for (const transport of TRANSPORTS) {
        progress(`  ${NAMES[transport]}, ${shape.connections} connections`);
        const each = await measured({ ...shape, seconds: Math.min(seconds, 15), transport }, files);
        plain ??= each;
        const cells = [
          NAMES[transport],
          shape.connections,
          shape.inflight,
          whole(each.acknowledged),
          whole(each.stored),
        ];
        rows.push(`| ${[...cells, ratio(each.stored, plain.stored)].join(' | ')} |`);
      }
    }
    return [
      '## Connections and transports',
      '',
      `QoS 1, 200-byte payloads, DuckDB, ${Math.min(seconds, 15)} s each in a new city; the last column is what is stored over what plain sockets of`,
      'the same number store. The generator shares the two cores and does the other half of TLS and WebSocket.',
      '',
      '| transport | connections | in flight each | acknowledged/s | stored/s | of plain |',
      '|---|---|---|---|---|---|',
      ...rows,
    ];
  } finally {
    await folder.remove();
  }
}

export const transports: Section = { name: 'transports', measure };
