import { describe, expect, it } from 'vitest';
import { ATTEMPT_LIMITS, Attempts } from '../../storage/attempts.ts';
import { newSecret } from '../../storage/secret.ts';
import {
  client,
  closed,
  connect,
  connected,
  connectPacket,
  eventually,
  READING,
  type RunningBroker,
  rawClient,
  refusal,
  startHandBroker,
  TELEMETRY,
} from '../harness.fixture.ts';

const url = (city: RunningBroker) => `mqtt://127.0.0.1:${city.port}`;

async function codeOf(city: RunningBroker, username: string, password: string): Promise<number | undefined> {
  return refusal(client(url(city), city.as(username, { password, clientId: 'x' })));
}

function post(city: RunningBroker, password: string, address: string, username = 'cam-1') {
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const headers = { 'content-type': 'application/json', authorization };
  const request = { method: 'POST', body: READING, headers };
  return city.broker.http.request('/devices/cam-1/telemetry', request, { address });
}

/** Holds the first answer back for so long that a slow machine can look what happens meanwhile. */
const patient = () => startHandBroker({}, new Attempts({ ...ATTEMPT_LIMITS, firstMs: 3_000 }));

/** Two wrong passwords at once: one is looked at and its answer held back, the other is not looked at. */
async function pairOfGuesses(city: RunningBroker, username: string) {
  const raws = await Promise.all([rawClient(city.port), rawClient(city.port)]);
  for (const raw of raws) raw.send(connectPacket(city, username, { password: Buffer.from('wrong') }));
  const answered = () => raws.flatMap((raw) => raw.of('connack'));
  await eventually(() => expect(answered()).toMatchObject([{ returnCode: 3 }]));
  return answered;
}

describe('wrong passwords', () => {
  it('are answered later and later, and meanwhile nothing of that name from there is looked at', async () => {
    const city = await patient();
    for (let i = 0; i < 5; i++) expect(await codeOf(city, 'cam-1', 'wrong')).toBe(4);
    const answered = await pairOfGuesses(city, 'cam-1');
    // The right password from the same address has to wait for the answer to the wrong one.
    expect(await codeOf(city, 'cam-1', city.secretOf('cam-1'))).toBe(3);
    await eventually(() => expect(answered()).toContainEqual(expect.objectContaining({ returnCode: 4 })));
    await connect(city, 'cam-1');
  });

  it('of made-up names slow their address down, and neither a device known there nor one elsewhere', async () => {
    const city = await startHandBroker();
    const known = await connect(city, 'cam-1');
    for (let i = 0; i < 100; i++) void post(city, 'wrong', '127.0.0.1', `guess-${i}`);
    await eventually(async () => expect((await post(city, 'wrong', '127.0.0.1', 'guess-x')).status).toBe(429));
    expect(await codeOf(city, 'cam-2', city.secretOf('cam-2'))).toBe(3);
    known.end(true);
    await connect(city, 'cam-1');
    expect((await post(city, city.secretOf('cam-1'), '203.0.113.9')).status).toBe(202);
  });

  it('over HTTP are answered 429 with Retry-After once there are too many', async () => {
    const city = await patient();
    for (let i = 0; i < 5; i++) expect((await post(city, 'wrong', '198.51.100.1')).status).toBe(401);
    const held = Promise.resolve(post(city, 'wrong', '198.51.100.1'));
    await new Promise((resolve) => setImmediate(resolve));
    const refused = await post(city, city.secretOf('cam-1'), '198.51.100.1');
    expect([refused.status, await refused.json()]).toMatchObject([429, { code: 'too-many-requests' }]);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await held).status).toBe(401);
    expect((await post(city, city.secretOf('cam-1'), '198.51.100.1')).status).toBe(202);
  });

  it('for one device from many addresses lock nobody out: the right one is let in at once', async () => {
    const city = await startHandBroker();
    for (let i = 0; i < 40; i++) void post(city, 'wrong', `198.51.100.${i}`);
    await connect(city, 'cam-1');
    expect((await post(city, city.secretOf('cam-1'), '203.0.113.9')).status).toBe(202);
  });

  it('are counted over MQTT and HTTP together', async () => {
    const city = await patient();
    for (let i = 0; i < 5; i++) expect((await post(city, 'wrong', '127.0.0.1')).status).toBe(401);
    await pairOfGuesses(city, 'cam-1');
    expect(await codeOf(city, 'cam-1', city.secretOf('cam-1'))).toBe(3);
  });
});

describe('looking up', () => {
  it('asks the registry for no name that could not be anybody’s, and once for one of nobody’s', async () => {
    const city = await startHandBroker();
    const asked = city.lookups.length;
    for (const impossible of ['x', 'Cam 1', '../cam-1', 'a'.repeat(200), 'đèn-1'])
      expect((await post(city, 'wrong', '198.51.100.1', impossible)).status).toBe(401);
    expect(city.lookups).toHaveLength(asked);
    for (let i = 0; i < 5; i++) await post(city, 'wrong', `198.51.100.${i}`, 'nobody');
    expect(city.lookups.slice(asked)).toEqual(['nobody']);
    // And again when somebody gets the name.
    city.device('nobody');
    city.change('nobody', {});
    await connect(city, 'nobody');
  });
});

describe('a password that was replaced', () => {
  it('is good beside the new one until it ends, and who came in with it stays until then', async () => {
    const city = await startHandBroker();
    const old = await connect(city, 'cam-1');
    const before = city.known.get('cam-1');
    if (!before) throw new Error('no such device');
    const { secret, hash } = newSecret();
    const until = Date.now() + 1_500;
    city.change('cam-1', { hash, previous: { hash: before.hash, until } });
    const gone = closed(old);
    await old.publishAsync(TELEMETRY, READING, { qos: 1 });
    const late = client(url(city), city.as('cam-1', { clientId: 'late' }));
    await connected(late);
    const lateGone = closed(late);
    const fresh = await connect(city, 'cam-1', { clientId: 'fresh', password: secret });
    await Promise.all([gone, lateGone]);
    expect(Date.now()).toBeGreaterThanOrEqual(until - 50);
    expect(await codeOf(city, 'cam-1', city.secretOf('cam-1'))).toBe(4);
    await fresh.publishAsync(TELEMETRY, READING, { qos: 1 });
    expect(fresh.connected).toBe(true);
  });

  it('ends at once where that is asked for', async () => {
    const city = await startHandBroker();
    const old = await connect(city, 'cam-1');
    const before = city.known.get('cam-1');
    const { secret, hash } = newSecret();
    city.change('cam-1', { hash, previous: before ? { hash: before.hash, until: Date.now() + 3_600_000 } : null });
    await old.publishAsync(TELEMETRY, READING, { qos: 1 });
    const gone = closed(old);
    city.change('cam-1', { previous: null });
    await gone;
    expect(await codeOf(city, 'cam-1', city.secretOf('cam-1'))).toBe(4);
    await connect(city, 'cam-1', { password: secret });
  });
});
