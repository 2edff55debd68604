import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { device, live, NOW, openCity, type TestCity } from '../testing/city.fixture.ts';
import { listen, type StreamEvent, type TestServer } from '../testing/sse.fixture.ts';
import { StreamObservation, StreamPresence } from '../views.ts';

let city: TestCity;
let server: TestServer;
beforeEach(async () => {
  city = await openCity({ config: { stream: { coalesceMs: 50, heartbeatMs: 50, buffer: 20 } } });
  server = await listen(city.api);
});
afterEach(async () => {
  await server.close();
  await city.close();
});

const speed = (device: string, value: number) => live(device, 'mean_speed', value);
const values = (events: readonly StreamEvent[]) => events.map(({ data }) => data.value);
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

describe('the stream of everything', () => {
  it('tells each observation as it happens, with an id and a level', async () => {
    const client = await server.stream('?coalesce=0');
    expect(client.headers.get('content-type')).toBe('text/event-stream');
    const [told] = city.live.tell(speed('counter-1', 15));
    const [event] = await client.take(1);
    expect(event).toMatchObject({ event: 'observation', id: told?.id });
    expect(StreamObservation.parse(event?.data)).toMatchObject({
      ...{ device: 'counter-1', domain: 'traffic', metric: 'mean_speed', value: 15, level: 'poor' },
      time: new Date(NOW - 10_000).toISOString(),
    });
  });

  it('tells who comes and goes, without an id', async () => {
    const client = await server.stream('?coalesce=0&domain=traffic');
    const presence = { online: true, since: new Date(NOW).toISOString(), reason: 'connected' };
    city.bus.publish('presence', { ...presence, device: 'hospital-1', domain: 'health' });
    city.bus.publish('presence', { ...presence, device: 'counter-1', domain: 'traffic' });
    const [event] = await client.take(1);
    expect(event).toMatchObject({ event: 'presence', id: undefined });
    expect(StreamPresence.parse(event?.data)).toEqual({ ...presence, device: 'counter-1', domain: 'traffic' });
  });

  it('resumes without gap or repeat while the city goes on', async () => {
    const written = city.live.write(...range(0, 2_500).map((value) => speed('counter-1', value)));
    const client = await server.stream('?coalesce=0', { 'last-event-id': written[99]?.id ?? '' });
    const telling = (async () => {
      for (const value of range(2_500, 2_600)) {
        city.live.tell(speed('counter-1', value));
        await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    expect(values(await client.take(2_500))).toEqual(range(100, 2_600));
    await telling;
    city.live.tell(speed('counter-1', 2_600));
    expect(values(await client.take(1))).toEqual([2_600]);
  });

  it('reads from the journal what the bus did not tell yet when it resumed', async () => {
    const [first] = city.live.write(speed('counter-1', 0));
    const client = await server.stream(`?coalesce=0&lastEventId=${first?.id}`);
    city.live.write(speed('counter-1', 1));
    expect(values(await client.take(1))).toEqual([1]);
    city.live.write(speed('counter-1', 2));
    city.live.tell(speed('counter-1', 3));
    expect(values(await client.take(2))).toEqual([2, 3]);
  });

  it('says so where the journal reaches back no further', async () => {
    const written = city.live.write(...range(0, 50).map((value) => speed('counter-1', value)));
    city.live.trim(10);
    const client = await server.stream('?coalesce=0', { 'last-event-id': written[4]?.id ?? '' });
    const [gap, next] = await client.take(2);
    expect(gap).toMatchObject({ event: 'gap', data: { from: written[4]?.id, resumed: written[40]?.id } });
    expect(next?.data.value).toBe(40);
  });

  it('says so at once where the journal never came so far, and goes on from now', async () => {
    city.live.write(speed('counter-1', 0));
    const client = await server.stream('?coalesce=0', { 'last-event-id': '900000.0' });
    const [gap] = await client.take(1);
    expect(gap).toEqual({ event: 'gap', id: '1.0', data: { from: '900000.0', resumed: '1.0' } });
    city.live.tell(speed('counter-1', 1));
    city.live.tell(speed('counter-1', 2));
    expect(values(await client.take(2))).toEqual([1, 2]);
  });

  it('gives a burst beyond its buffer to a reader whole and in order, from the journal', async () => {
    const client = await server.stream('?coalesce=0');
    city.live.tell(...range(0, 500).map((value) => speed('counter-1', value)));
    expect(values(await client.take(500))).toEqual(range(0, 500));
    city.live.tell(...range(500, 505).map((value) => speed('counter-1', value)));
    expect(values(await client.take(5))).toEqual(range(500, 505));
  });

  it('narrows by device, domain, metric, provider, place and simulated alike', async () => {
    await city.register(
      device('counter-1'),
      device('counter-2', {
        provider: 'sgtvt',
        simulated: true,
        geometry: { type: 'Point', coordinates: [105.3, 21] },
      }),
    );
    const queries = [
      'device=counter-2',
      'metric=vehicle_count',
      'provider=sgtvt',
      'bbox=105.2,20.9,105.4,21.1',
      'simulated=only',
      'domain=traffic&device=counter-2,counter-3',
    ];
    const clients = await Promise.all(queries.map((query) => server.stream(`?coalesce=0&${query}`)));
    city.live.tell(
      speed('counter-1', 1),
      live('hospital-1', 'icu_free', 1, { domain: 'health' }),
      live('counter-2', 'vehicle_count', 2, { flags: ['simulated'] }),
    );
    for (const [i, client] of clients.entries()) {
      const [event] = await client.take(1);
      expect(event?.data.device, queries[i]).toBe('counter-2');
    }
  });
});

describe('the coalesced stream', () => {
  it('comes many at once where that is asked for, with the id of the last of them', async () => {
    const client = await server.stream('?batch=1');
    const told = city.live.tell(...range(0, 300).map((i) => live(`counter-${i}`, 'mean_speed', i)));
    const [first, second] = await client.take(2);
    expect([first?.event, first?.id]).toEqual(['observations', told[249]?.id]);
    expect(second?.id).toBe(told[299]?.id);
    const items = [first, second].flatMap((event) => z.array(StreamObservation).parse(event?.data.items));
    expect(items.map(({ value }) => value)).toEqual(range(0, 300));
  });

  it('tells the newest of each series once a turn', async () => {
    const client = await server.stream('');
    city.live.tell(...range(0, 100).map((value) => speed('counter-1', value)));
    city.live.tell(speed('counter-2', 7), speed('counter-1', 100));
    const events = await client.take(2);
    expect(events.map(({ data }) => [data.device, data.value])).toEqual([
      ['counter-2', 7],
      ['counter-1', 100],
    ]);
    city.live.tell(speed('counter-1', 101));
    expect(values(await client.take(1))).toEqual([101]);
  });

  it('begins with the newest state when it resumes or is asked to', async () => {
    const [first] = city.live.tell(speed('counter-1', 1), speed('counter-1', 2), speed('counter-2', 3));
    for (const [query, headers] of [
      ['?snapshot=1', {}],
      ['', { 'last-event-id': first?.id ?? '' }],
    ] as const) {
      const client = await server.stream(query, headers);
      expect(values(await client.take(2))).toEqual([2, 3]);
      client.leave();
    }
  });
});

describe('what the store knew before the journal was read', () => {
  it.each(['', '&coalesce=0'])('is told without an id, what came since with one (snapshot=1%s)', async (query) => {
    city.live.know(speed('counter-1', 1));
    const [written] = city.live.write(speed('counter-2', 2));
    const client = await server.stream(`?snapshot=1${query}`);
    expect((await client.take(2)).map(({ id, data }) => [id, data.value])).toEqual([
      [undefined, 1],
      [written?.id, 2],
    ]);
  });
});

describe('a stream', () => {
  it('gives signs of life', async () => {
    const response = await fetch(`${server.base}/api/v1/stream`);
    let text = '';
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    while (!text.includes(': alive\n\n')) text += (await reader?.read())?.value ?? '';
    expect(text).toContain('retry: ');
    await reader?.cancel();
  });

  it('is forgotten when its reader leaves, on the bus too', async () => {
    const clients = await Promise.all([server.stream('?coalesce=0'), server.stream('')]);
    expect(city.api.streams()).toBe(2);
    expect(city.bus.wanted('observations')).toBe(true);
    for (const client of clients) client.leave();
    await vi.waitFor(() => expect(city.api.streams()).toBe(0));
    await vi.waitFor(() =>
      expect([city.bus.wanted('observations'), city.bus.wanted('latest')]).toEqual([false, false]),
    );
  });

  it('ends when the city closes, and none begins any more', async () => {
    const clients = await Promise.all([server.stream('?coalesce=0'), server.stream('')]);
    city.api.closeStreams();
    await Promise.all(clients.map((client) => client.ended()));
    expect((await fetch(`${server.base}/api/v1/stream`)).status).toBe(503);
  });

  it('ends when its key is revoked, and none of another key does', async () => {
    const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
    const partner = await city.key('partner-1', 'read');
    const clients = await Promise.all(['?coalesce=0', ''].map((query) => server.stream(query, bearer(partner))));
    const other = await server.stream('?coalesce=0', bearer(city.keys.read));
    await city.request('/api/v1/keys/partner-1', { method: 'DELETE', as: city.keys.admin });
    await Promise.all(clients.map((client) => client.ended()));
    city.live.tell(speed('counter-1', 1));
    expect(values(await other.take(1))).toEqual([1]);
    other.leave();
    await vi.waitFor(() => expect([city.api.streams(), city.bus.wanted('key')]).toEqual([0, false]));
  });

  it('holds up no other when its reader reads nothing', async () => {
    const stuck = connect(Number(new URL(server.base).port), '127.0.0.1');
    stuck.write('GET /api/v1/stream?coalesce=0 HTTP/1.1\r\nhost: city\r\n\r\n');
    stuck.pause();
    await vi.waitFor(() => expect(city.api.streams()).toBe(1));
    const client = await server.stream('?coalesce=0');
    for (const round of range(0, 40)) {
      city.live.tell(...range(0, 500).map((value) => speed('counter-1', round * 500 + value)));
      expect(values(await client.take(500))).toEqual(range(round * 500, round * 500 + 500));
    }
    city.api.closeStreams();
    await client.ended();
    stuck.destroy();
  });

  it.each([
    ['last-event-id', 'yesterday'],
    ['last-event-id', '1'],
  ])('refuses the %s %s', async (name, id) => {
    expect((await city.request('/api/v1/stream', { headers: { [name]: id } })).status).toBe(400);
  });
});
