import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import tls from 'node:tls';
import { promisify } from 'node:util';
import { connectAsync } from 'mqtt';
import { expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { startCity } from '../helpers/city.ts';
import { closed } from '../helpers/mqtt.ts';
import { temporaryDirectory } from '../helpers/temporary.ts';

const EC = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
const READING = JSON.stringify({ time: Date.now(), values: { mean_speed: 31.5 } });
const Renewed = z.object({ password: z.string() });

/** Every spelling in which a secret could be written down. */
function spellings(secret: string): string[] {
  const hash = createHash('sha256').update(secret).digest();
  const bytes = Buffer.from(secret);
  const hashes = [hash.toString('hex'), hash.toString('base64').slice(0, 40), hash.toString('base64url').slice(0, 40)];
  return [secret, bytes.toString('hex'), bytes.toString('base64').replace(/=+$/, ''), [...hash].join(','), ...hashes];
}

it('no secret is in the log at any level: not at entering, failing, renewing, nor at a handshake gone wrong', async () => {
  const folder = await temporaryDirectory();
  onTestFinished(() => folder.remove());
  const [cert, key] = [join(folder.path, 'cert.pem'), join(folder.path, 'key.pem')];
  const pair = (to: string) => ['-subj', '/CN=localhost', '-keyout', `${to}key.pem`, '-out', `${to}cert.pem`];
  await promisify(execFile)('openssl', ['req', '-x509', ...EC, ...pair(`${folder.path}/`)]);
  const admin = 'Admin-key-of-this-test-0123456789';
  const city = await startCity({
    dataDir: join(folder.path, 'data'),
    env: { LOG_LEVEL: 'debug', ADMIN_KEY: admin, MQTTS_PORT: '0', TLS_CERT: cert, TLS_KEY: key },
  });
  onTestFinished(() => city.stop().then(() => {}));
  const [, mqttsPort] = await city.line(/^mqtts mqtts:\/\/[^:]+:(\d+)$/m);
  const wrong = 'Wrong-password-of-this-test-0123456789';
  const right = await city.register({ id: 'counter-1' });

  // Right and wrong over MQTT, plain and TLS, and over HTTP Basic and Bearer.
  await (await city.connect('counter-1', right)).endAsync();
  const ca = await readFile(cert);
  const secure = await connectAsync(`mqtts://localhost:${mqttsPort}`, {
    ...{ username: 'counter-1', password: right, clientId: 'counter-1:s', ca, reconnectPeriod: 0 },
  });
  for (let i = 0; i < 6; i++) await expect(city.connect('counter-1', wrong, { clientId: 'w' })).rejects.toThrow();
  const basic = (password: string) =>
    fetch(`${city.url}/api/v1/devices/counter-1/telemetry`, {
      ...{ method: 'POST', body: READING },
      headers: { 'content-type': 'application/json', authorization: `Basic ${btoa(`counter-1:${password}`)}` },
    });
  for (const password of [right, wrong]) await basic(password);
  expect((await city.api('/api/v1/keys', { headers: { authorization: `Bearer ${wrong}` } })).status).toBe(401);

  // A packet the city cannot read, with the password in it, and a handshake that fails.
  const garbage = await city.connect('counter-1', right, { clientId: 'counter-1:g' });
  garbage.on('error', () => {});
  const cut = closed(garbage);
  garbage.stream.write(Buffer.concat([Buffer.from([0xf7, 0x30]), Buffer.from(right)]));
  await cut;
  const old = tls.connect({ port: Number(mqttsPort), host: '127.0.0.1', maxVersion: 'TLSv1.1', minVersion: 'TLSv1' });
  await new Promise<void>((resolve) => old.on('error', () => {}).once('close', () => resolve()));
  await city.line(/TLS handshake failed/);

  // A new password, with the old one beside it, then without.
  const renew = async (query: string) => {
    const answer = await city.api(`/api/v1/devices/counter-1/credential${query}`, { method: 'POST' });
    return Renewed.parse(await answer.json()).password;
  };
  const second = await renew('');
  await secure.publishAsync('city/traffic/counter-1/telemetry', READING, { qos: 1 });
  const out = closed(secure);
  secure.on('error', () => {});
  const third = await renew('?overlap=0');
  await out;

  // A certificate that is no good, then one that is: the old one stays meanwhile.
  const before = await readFile(key, 'utf8');
  const next = `${folder.path}/next-`;
  await promisify(execFile)('openssl', ['req', '-x509', ...EC, ...pair(next)]);
  await writeFile(`${folder.path}/broken.pem`, before.slice(0, 100));
  await rename(`${folder.path}/broken.pem`, key);
  process.kill(city.pid, 'SIGHUP');
  await city.line(/TLS files cannot be used/);
  const dial = async (authority: Buffer) => {
    const socket = tls.connect({ port: Number(mqttsPort), host: 'localhost', ca: authority, checkServerIdentity });
    await new Promise<void>((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject));
    socket.destroy();
  };
  await dial(ca);
  const after = await readFile(`${next}key.pem`, 'utf8');
  await rename(`${next}key.pem`, key);
  await rename(`${next}cert.pem`, cert);
  await city.line(/TLS certificate in use[\s\S]*TLS certificate in use/);
  await dial(await readFile(cert));

  await city.stop();
  const log = city.stdout() + city.stderr();
  expect(log).toContain('"level":20');
  const secrets = [admin, wrong, right, second, third].flatMap(spellings);
  const lines = [before, after].flatMap((pem) => pem.split('\n').filter((line) => /^[\w+/=]{30,}$/.test(line)));
  expect(lines.length).toBeGreaterThan(2);
  expect([...secrets, ...lines].filter((secret) => log.includes(secret))).toEqual([]);
});

/** The certificates here carry a name and no alternative one. */
const checkServerIdentity = () => undefined;
