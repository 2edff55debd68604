import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Problem } from '../../model/problem.ts';
import { QuarantineItem } from '../../model/quarantine.ts';
import type { SetAside } from '../../storage/quarantine/port.ts';
import { WITHHELD } from '../quarantine.ts';
import { device, HOUR, NOW, openCity, type TestCity } from '../testing/city.fixture.ts';

const Counts = z.object({ items: z.number(), waiting: z.number(), replayed: z.number(), dismissed: z.number() });
const Summary = Counts.extend({
  reasons: z.array(Counts.extend({ reason: z.string() })),
  providers: z.array(Counts.extend({ provider: z.string() })),
  devices: z.array(Counts.extend({ device: z.string() })),
  kept: z.object({ items: z.number(), bytes: z.number(), dropped: z.number() }).nullable(),
});

/** A rack's message: its domain reports metrics that are not public. */
function item(id: string, provider: string, other: Partial<SetAside> = {}): SetAside {
  return {
    ...{ id, scope: 'observation', device: `rack-${provider}`, provider, domain: 'ict', format: 'json' },
    received: new Date(NOW - HOUR + Number(id.split('-')[0])).toISOString(),
    ...{ reason: 'out-of-range', detail: 'x', metric: 'cpu_load', payload: `{"values": {"cpu_load": 900}}` },
    ...{ encoding: 'utf8', truncated: false },
    ...other,
  };
}

describe('the quarantine as a provider’s tool', () => {
  let city: TestCity;
  let keys: Record<'own' | 'reads' | 'all' | 'public', string>;
  beforeAll(async () => {
    city = await openCity();
    await city.register(device('rack-vnpt', { domain: 'ict', kind: 'server-rack', provider: 'vnpt' }));
    await city.register(device('rack-fpt', { domain: 'ict', kind: 'server-rack', provider: 'fpt' }));
    keys = {
      own: await city.keyOf('own', 'vnpt', 'quarantine'),
      reads: await city.keyOf('reads', 'vnpt', 'read'),
      all: await city.key('all', 'quarantine'),
      public: await city.key('restricted', 'restricted'),
    };
    await city.quarantine.put([
      item('1-0', 'vnpt'),
      item('1-1', 'vnpt', { metric: 'failed_logins', reason: 'wrong-type' }),
      item('2-0', 'fpt'),
      item('3-0', 'vnpt', { payload: 'x'.repeat(20_000), reason: 'malformed-json', format: 'senml', scope: 'message' }),
    ]);
  });
  afterAll(() => city.close());

  const ids = async (query: string, as: string) =>
    (await city.list(`/api/v1/quarantine?${query}`, as)).items.map(({ id }) => id);
  const summary = async (query: string, as: string) =>
    Summary.parse(await (await city.request(`/api/v1/quarantine/summary?${query}`, { as })).json());
  const send = (method: string, path: string, as: string) => city.request(`/api/v1/quarantine${path}`, { method, as });

  it('shows a provider’s key what that provider sent, and no other thing', async () => {
    for (const key of [keys.own, keys.reads]) {
      expect(await ids('', key)).toEqual(['3-0', '1-1', '1-0']);
      expect(await ids('provider=vnpt&reason=wrong-type', key)).toEqual(['1-1']);
      expect(await ids('device=rack-fpt', key)).toEqual([]);
      expect((await city.request('/api/v1/quarantine?provider=fpt', { as: key })).status).toBe(403);
      expect((await city.request('/api/v1/quarantine/summary?provider=fpt', { as: key })).status).toBe(403);
      expect((await city.request('/api/v1/quarantine/2-0', { as: key })).status).toBe(404);
      expect(await summary('', key)).toMatchObject({ items: 3, providers: [{ provider: 'vnpt' }], kept: null });
    }
    for (const key of [keys.all, city.keys.read, city.keys.admin])
      expect(await ids('', key)).toEqual(['3-0', '2-0', '1-1', '1-0']);
    expect((await city.request('/api/v1/quarantine', { as: keys.public })).status).toBe(403);
  });

  it('shows a provider all of its own messages, in lists their beginning', async () => {
    const [first] = (await city.list('/api/v1/quarantine?limit=1', keys.own)).items;
    expect(first).toMatchObject({ id: '3-0', payload: 'x'.repeat(8_192), bytes: 20_000, truncated: false });
    const whole = QuarantineItem.parse(await (await city.request('/api/v1/quarantine/3-0', { as: keys.own })).json());
    expect(whole).toMatchObject({ payload: 'x'.repeat(20_000), bytes: 20_000 });
    // A key that may not read every metric of the domain sees that there is something.
    const read = await (await city.request('/api/v1/quarantine/3-0', { as: keys.reads })).json();
    expect(read).toMatchObject({ detail: WITHHELD, payload: '', bytes: null });
  });

  it('is narrowed by format, domain and state', async () => {
    expect(await ids('format=senml', keys.all)).toEqual(['3-0']);
    expect(await ids('domain=traffic', keys.all)).toEqual([]);
    expect(await ids('domain=ict&state=waiting&device=rack-fpt', keys.all)).toEqual(['2-0']);
    expect(await ids('state=replayed', keys.all)).toEqual([]);
    expect((await city.request('/api/v1/quarantine?state=bored', { as: keys.all })).status).toBe(400);
  });

  it('is counted by reason, provider and device', async () => {
    expect(await summary('top=1', keys.all)).toMatchObject({
      ...{ items: 4, waiting: 4, replayed: 0 },
      reasons: [{ reason: 'out-of-range', items: 2 }, { reason: 'malformed-json' }, { reason: 'wrong-type' }],
      providers: [{ provider: 'vnpt', items: 3 }, { provider: 'fpt' }],
      devices: [{ device: 'rack-vnpt', items: 3 }],
      kept: { items: 4, dropped: 0 },
    });
    expect(await summary(`from=${NOW - HOUR + 2}&reason=out-of-range`, keys.all)).toMatchObject({ items: 1 });
    expect((await city.request('/api/v1/quarantine/summary?top=0', { as: keys.all })).status).toBe(400);
    expect((await city.request('/api/v1/quarantine/summary')).status).toBe(401);
  });

  it('lets a provider replay and dismiss its own, and writes down which key it was', async () => {
    expect((await send('POST', '/2-0/replay', keys.own)).status).toBe(404);
    expect((await send('DELETE', '/2-0', keys.own)).status).toBe(404);
    for (const [method, path] of [
      ['POST', '/1-0/replay'],
      ['DELETE', '/1-0'],
    ] as const)
      expect((await send(method, path, keys.reads)).status).toBe(403);
    const path = '/api/v1/quarantine/replay';
    expect((await city.send('POST', path, { provider: 'fpt' }, keys.own)).status).toBe(403);
    expect((await city.send('POST', path, { device: 'rack-fpt' }, keys.own)).status).toBe(200);
    expect(city.journal.head()).toBe(0);

    expect((await send('DELETE', '/3-0', keys.own)).status).toBe(204);
    expect((await send('DELETE', '/3-0', keys.own)).status).toBe(204);
    expect(await (await city.send('POST', path, { all: true }, keys.own)).json()).toMatchObject({
      replayed: 2,
      messages: 1,
    });
    expect(city.journal.head()).toBe(1);
    expect(await city.registry.audits({ limit: 2 })).toMatchObject([
      { actor: 'own', action: 'quarantine.replay', subject: '2 items, 1 messages' },
      { actor: 'own', action: 'quarantine.dismiss', subject: '3-0' },
    ]);
    expect(await summary('', keys.own)).toMatchObject({ items: 3, waiting: 0, replayed: 2, dismissed: 1 });
    expect(await ids('state=dismissed', keys.own)).toEqual(['3-0']);
  });

  it('does not let a provider send into a device that is another’s by now', async () => {
    await city.register(device('rack-moved', { domain: 'ict', kind: 'server-rack', provider: 'fpt' }));
    await city.quarantine.put([item('9-0', 'vnpt', { device: 'rack-moved' })]);
    const refused = await send('POST', '/9-0/replay', keys.own);
    expect(Problem.parse(await refused.json())).toMatchObject({
      status: 409,
      detail: expect.stringMatching(/not a device of vnpt/),
    });
    expect((await send('POST', '/9-0/replay', city.keys.admin)).status).toBe(200);
  });
});
