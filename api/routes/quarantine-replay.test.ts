import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Problem } from '../../model/problem.ts';
import { openJournalReader } from '../../storage/journal/lmdb.ts';
import { JournalUnavailable } from '../../storage/journal/port.ts';
import type { SetAside } from '../../storage/quarantine/port.ts';
import { device, HOUR, NOW, openCity, type TestCity } from '../testing/city.fixture.ts';

const Replayed = z.object({
  replayed: z.number(),
  messages: z.number(),
  refused: z.number(),
  refusals: z.array(z.object({ id: z.string(), detail: z.string() })),
  next: z.string().nullable(),
});

function item(id: string, other: Partial<SetAside> = {}): SetAside {
  const received = new Date(NOW - HOUR + Number(id.split('-')[0])).toISOString();
  return {
    ...{
      id,
      scope: 'observation',
      device: 'counter-1',
      provider: 'sgtvt',
      domain: 'traffic',
      format: 'json',
      received,
    },
    ...{
      reason: 'out-of-range',
      detail: 'x',
      metric: 'mean_speed',
      payload: `{"values": {"mean_speed": ${id.length}}}`,
    },
    ...{ encoding: 'utf8', truncated: false },
    ...other,
  };
}

let city: TestCity;
beforeEach(async () => {
  city = await openCity();
  await city.register(device('counter-1', { provider: 'sgtvt' }), device('counter-2', { provider: 'sgtvt' }));
});
afterEach(() => city.close());

const replay = async (filters: unknown) => {
  const response = await city.send('POST', '/api/v1/quarantine/replay', filters);
  expect(response.status).toBe(200);
  return Replayed.parse(await response.json());
};
const one = (id: string, as = city.keys.admin) =>
  city.request(`/api/v1/quarantine/${id}/replay`, { method: 'POST', as });
const problem = async (response: Response) => Problem.parse(await response.json());

async function journalled() {
  const reader = await openJournalReader({ path: city.journalPath });
  try {
    return reader
      .read(0, 1_000)
      .map(({ payload, ...record }) => ({ ...record, payload: Buffer.from(payload).toString() }));
  } finally {
    await reader.close();
  }
}

describe('replaying the quarantine', () => {
  it('puts the message into the journal as it came, received when it first was', async () => {
    const kept = item('7-0', { payload: '\uFEFF{"values": {"mean_speed": "3\u0000"}}' });
    await city.quarantine.put([kept]);
    const response = await one('7-0');
    expect(response.status).toBe(200);
    expect(Replayed.parse(await response.json())).toMatchObject({ replayed: 1, messages: 1, refused: 0 });
    const { id: _, device: sender, provider, domain, format, received, payload } = kept;
    expect(await journalled()).toEqual([
      { seq: 1, device: sender, provider, domain, format, received: Date.parse(received), payload },
    ]);
    expect((await city.quarantine.get('7-0'))?.replayed).not.toBeNull();
    expect(await city.registry.audits({ limit: 1 })).toMatchObject([{ action: 'quarantine.replay', subject: '7-0' }]);
  });

  it('brings back bytes that are no text', async () => {
    const bytes = Buffer.from([0xff, 0x00, 0x7b]);
    await city.quarantine.put([item('7-0', { payload: bytes.toString('base64'), encoding: 'base64' })]);
    expect((await one('7-0')).status).toBe(200);
    const reader = await openJournalReader({ path: city.journalPath });
    expect(Buffer.from(reader.read(0, 1)[0]?.payload ?? [])).toEqual(bytes);
    await reader.close();
  });

  it('sends a message once, whichever of its items is named, and never again', async () => {
    await city.quarantine.put([item('7-0'), item('7-1'), item('8-0')]);
    expect((await one('7-1')).status).toBe(200);
    expect(await problem(await one('7-0'))).toMatchObject({ status: 409, code: 'not-now' });
    expect(await replay({ all: true })).toMatchObject({ replayed: 1, messages: 1 });
    expect(await replay({ all: true })).toMatchObject({ replayed: 0, messages: 0 });
    expect(await journalled()).toHaveLength(2);
  });

  it('gives each message to one of those who replay at the same time', async () => {
    const items = Array.from({ length: 1_200 }, (_, i) => item(`${i + 1}-0`));
    await city.quarantine.put(items);
    const answers = await Promise.all([replay({ all: true }), replay({ all: true }), replay({ device: 'counter-1' })]);
    expect(answers.reduce((sum, { messages }) => sum + messages, 0)).toBe(1_200);
    expect(new Set((await journalled()).map(({ received }) => received)).size).toBe(1_000);
    expect(city.journal.head()).toBe(1_200);
  });

  it('gives a message with several items to one of them, whichever item each names', async () => {
    const items = Array.from({ length: 300 }, (_, i) => [item(`${i + 1}-0`), item(`${i + 1}-1`), item(`${i + 1}-2`)]);
    await city.quarantine.put(items.flat());
    const answers = await Promise.all([
      replay({ all: true }),
      replay({ reason: 'out-of-range' }),
      one('7-1'),
      one('7-2'),
      one('300-0'),
    ]);
    expect(answers.filter((answer) => 'status' in answer && answer.status !== 200 && answer.status !== 409)).toEqual(
      [],
    );
    expect(city.journal.head()).toBe(300);
    const left = await city.list('/api/v1/quarantine?limit=1000', city.keys.admin);
    expect(left.items.filter(({ replayed }) => replayed === null)).toEqual([]);
  });

  it('can be tried again where the journal took nothing', async () => {
    const full = new JournalUnavailable('the disk is full');
    const resender = { resend: () => Promise.reject(full) };
    const other = await openCity({ deps: { replay: { resender, rawRetention: 24 * HOUR, times: () => [] } } });
    await other.register(device('counter-1', { provider: 'sgtvt' }));
    await other.quarantine.put([item('7-0'), item('7-1')]);
    const answer = await other.request('/api/v1/quarantine/7-0/replay', { method: 'POST', as: other.keys.admin });
    expect(answer.status).toBe(503);
    expect((await other.quarantine.get('7-0'))?.replayed).toBeNull();
    expect((await other.quarantine.get('7-1'))?.replayed).toBeNull();
    await other.close();
  });

  it('takes what the filters choose, the oldest first', async () => {
    await city.quarantine.put([
      item('3-0', { reason: 'unknown-device' }),
      item('5-0'),
      item('9-0', { device: 'counter-2' }),
      item('4-0'),
    ]);
    const from = new Date(NOW - HOUR + 4).toISOString();
    expect(await replay({ device: 'counter-1', reason: 'out-of-range', from })).toMatchObject({ messages: 2 });
    expect((await journalled()).map(({ received }) => received - NOW + HOUR)).toEqual([4, 5]);
  });

  it.each([
    ['what was cut', { truncated: true }, /longer/],
    ['what a device sent that is not registered', { device: 'counter-9' }, /not registered/],
    ['what is older than raw data are kept', { received: new Date(NOW - 91 * 24 * HOUR).toISOString() }, /older/],
    [
      'what speaks of a time before raw data are kept',
      {
        received: new Date(NOW - 80 * 24 * HOUR).toISOString(),
        payload: JSON.stringify([
          { time: NOW - HOUR, values: {} },
          { time: NOW - 100 * 24 * HOUR, values: {} },
        ]),
      },
      /older/,
    ],
  ])('refuses %s, and leaves it as it is', async (_, parts, detail) => {
    await city.quarantine.put([item('7-0', parts)]);
    expect(await problem(await one('7-0'))).toMatchObject({ status: 409, detail: expect.stringMatching(detail) });
    const answer = await replay({ all: true });
    expect(answer).toMatchObject({ replayed: 0, messages: 0, refused: 1 });
    expect(answer.refusals).toMatchObject([{ id: '7-0', detail: expect.stringMatching(detail) }]);
    expect((await city.quarantine.get('7-0'))?.replayed).toBeNull();
    expect(await journalled()).toEqual([]);
  });

  it('gives the message the domain and the provider that its device has now', async () => {
    await city.register(device('bus-7', { domain: 'tourism', provider: 'transerco' }));
    await city.quarantine.put([item('7-0', { device: 'bus-7', provider: 'hanoi', domain: '', format: 'tts' })]);
    expect((await one('7-0')).status).toBe(200);
    expect(await journalled()).toMatchObject([
      { device: 'bus-7', provider: 'transerco', domain: 'tourism', format: 'tts' },
    ]);
  });

  it('goes in steps: each answer says where the next begins, and refusals are not met again', async () => {
    const items = Array.from({ length: 1_100 }, (_, i) =>
      item(`${i + 1}-0`, i % 100 === 0 ? { device: 'counter-9' } : {}),
    );
    await city.quarantine.put(items);
    const answers = [await replay({ all: true, limit: 500 })];
    for (let next = answers[0]?.next; next; next = answers.at(-1)?.next)
      answers.push(await replay({ all: true, limit: 500, after: next }));
    expect(answers.map(({ messages, refused }) => [messages, refused])).toEqual([
      [495, 5],
      [495, 5],
      [99, 1],
    ]);
    expect(city.journal.head()).toBe(1_089);
  });

  it('leaves what was judged hopeless where it is', async () => {
    await city.quarantine.put([item('7-0'), item('8-0')]);
    expect((await city.request('/api/v1/quarantine/7-0', { method: 'DELETE', as: city.keys.admin })).status).toBe(204);
    expect(await problem(await one('7-0'))).toMatchObject({
      status: 409,
      detail: expect.stringMatching(/^it was dismissed at/),
    });
    expect(await replay({ all: true })).toMatchObject({ replayed: 1, messages: 1 });
    expect((await city.request('/api/v1/quarantine/8-0', { method: 'DELETE', as: city.keys.admin })).status).toBe(409);
    expect((await city.request('/api/v1/quarantine/9-0', { method: 'DELETE', as: city.keys.admin })).status).toBe(404);
  });

  it('is the administrator’s, and knows no other filter', async () => {
    await city.quarantine.put([item('7-0')]);
    expect((await one('7-0', city.keys.read)).status).toBe(403);
    expect((await city.send('POST', '/api/v1/quarantine/replay', { all: true }, city.keys.read)).status).toBe(403);
    expect((await one('8-0')).status).toBe(404);
    expect((await city.send('POST', '/api/v1/quarantine/replay', { reason: 'bored' })).status).toBe(400);
    expect((await city.send('POST', '/api/v1/quarantine/replay', { from: 'yesterday' })).status).toBe(400);
    expect((await city.send('POST', '/api/v1/quarantine/replay', { everything: true })).status).toBe(400);
    expect(await journalled()).toEqual([]);
  });

  it('is of everything only where that is said', async () => {
    await city.quarantine.put([item('7-0')]);
    const path = '/api/v1/quarantine/replay';
    const json = { 'content-type': 'application/json' };
    expect((await city.request(path, { method: 'POST', as: city.keys.admin })).status).toBe(400);
    expect((await city.request(path, { method: 'POST', as: city.keys.admin, headers: json })).status).toBe(400);
    for (const vague of [{}, { all: false }, { all: true, reason: 'out-of-range' }, [], null])
      expect((await city.send('POST', path, vague)).status, JSON.stringify(vague)).toBe(400);
    expect(await journalled()).toEqual([]);
    expect(await replay({ all: true })).toMatchObject({ replayed: 1, messages: 1 });
  });
});
