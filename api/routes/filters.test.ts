import { latLngToCell } from 'h3-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { CELL_RESOLUTION, type Observation } from '../../model/observation.ts';
import { Playback, Volume } from '../../model/playback.ts';
import { device, HOUR, live, MINUTE, NOW, observation, openCity, type TestCity } from '../testing/city.fixture.ts';
import { listen, type TestServer } from '../testing/sse.fixture.ts';
import { DeviceView, MapView } from '../views.ts';

/** What tells the devices apart; each is asked of every route. */
const DEVICES = [
  device('new-1', { tags: { level: '3', side: 'east' } }),
  device('live-1', { tags: { level: '4', side: 'east', field: 'tax, justice' }, provider: 'sgtvt' }),
  device('silent-1', { tags: { level: '4', side: 'west' }, simulated: true }),
  device('offline-1', { kind: 'parking', geometry: { type: 'Point', coordinates: [105.3414, 21.0581] } }),
  device('retired-1', { state: 'retired' }),
  device('bus-1', { kind: 'bus', geometry: null }),
];
const SPOKE: Readonly<Record<string, number>> = {
  'live-1': NOW - MINUTE,
  'silent-1': NOW - 30 * MINUTE,
  'offline-1': NOW - 2 * HOUR,
  'retired-1': NOW - MINUTE,
  'bus-1': NOW - MINUTE,
};

/** Query and the devices it chooses of those that spoke, besides the one that never did. */
const CASES: readonly [query: string, devices: readonly string[], unheard?: boolean][] = [
  ['kind=parking', ['offline-1']],
  ['provider=sgtvt', ['live-1']],
  ['area=ba-vi', ['bus-1', 'offline-1']],
  ['bbox=105.3,21,105.4,21.1', ['bus-1', 'offline-1']],
  ['within=circle:105.3414,21.0581,2000', ['bus-1', 'offline-1']],
  ['within=polygon:105.3 21,105.4 21,105.4 21.1,105.3 21.1', ['bus-1', 'offline-1']],
  ['within=polygon:105.345 21,105.4 21,105.4 21.1,105.345 21.1,105.345 21&kind=bus', ['bus-1']],
  ['within=circle:105.852,21.03,100&simulated=only', ['silent-1']],
  ['within=circle:105.852,21.03,500&bbox=105.3,21,105.4,21.1', []],
  ['tag=level:4', ['live-1', 'silent-1']],
  ['tag=level:4&tag=side:east', ['live-1']],
  ['tag=level:3&tag=level:4', []],
  ['tag=side:east', ['live-1'], true],
  ['tag=field:tax,%20justice', ['live-1']],
  ['state=retired', ['retired-1']],
  ['state=active&simulated=exclude', ['bus-1', 'live-1', 'offline-1'], true],
  ['simulated=only', ['silent-1']],
  ['condition=live&state=active', ['bus-1', 'live-1']],
  ['condition=silent', ['silent-1']],
  ['condition=offline,new', ['offline-1'], true],
  ['condition=silent&condition=offline', ['offline-1', 'silent-1']],
  ['fresh_within=PT15M&state=active', ['bus-1', 'live-1']],
  ['fresh_within=1800', ['bus-1', 'live-1', 'retired-1', 'silent-1']],
  ['fresh_within=PT1H30M&condition=silent&tag=side:west', ['silent-1']],
];
const WRONG = [
  'condition=asleep',
  'fresh_within=yesterday',
  'fresh_within=-5',
  'fresh_within=PT0S',
  'tag=level',
  'state=lost',
  'area=atlantis',
  'bbox=1,2',
  'within=circle:105.85,21.03,60000',
  'within=polygon:105.8 21,105.9 21.1,105.9 21,105.8 21.1',
  'within=105.8,21',
  'simulated=maybe',
];

const Figures = z.object({ items: z.array(z.object({ group: z.string() })) });

let city: TestCity;
let server: TestServer;
beforeAll(async () => {
  city = await openCity({ config: { stream: { coalesceMs: 20 } } });
  server = await listen(city.api);
  await city.register(...DEVICES);
  const others: Readonly<Record<string, Partial<Observation>>> = {
    'silent-1': { flags: ['simulated'] },
    'bus-1': { position: [105.35, 21.05], cell: latLngToCell(21.05, 105.35, CELL_RESOLUTION) },
  };
  for (const [id, time] of Object.entries(SPOKE)) {
    const other = { time, received: time, ...others[id] };
    await city.store(observation(id, 'mean_speed', time, 20, other));
    city.live.tell(live(id, 'mean_speed', 20, other));
  }
  const presence = { domain: 'traffic', since: new Date(NOW).toISOString(), reason: 'x' };
  city.bus.publish('presence', { ...presence, device: 'offline-1', online: false });
});
afterAll(async () => {
  await server.close();
  await city.close();
});

describe.each(CASES)('the filter %s', (query, chosen, unheard = false) => {
  const withUnheard = [...chosen, ...(unheard ? ['new-1'] : [])].sort();

  it('chooses devices', async () => {
    const { items } = await city.list(`/api/v1/devices?${query}`);
    expect(items.map(({ id }) => id)).toEqual(withUnheard);
  });

  it('chooses what stands on the map, active ones unless asked otherwise', async () => {
    const { features } = MapView.parse(await (await city.request(`/api/v1/map/traffic?${query}`)).json());
    const expected = query.includes('state=') ? withUnheard : withUnheard.filter((id) => id !== 'retired-1');
    expect(features.map(({ id }) => id).sort()).toEqual(expected);
  });

  it('chooses observations', async () => {
    const { items } = await city.list(`/api/v1/observations?${query}`);
    expect(items.map(({ device: of }) => of).sort()).toEqual(chosen);
  });

  it('chooses what figures are made of', async () => {
    const response = await city.request(`/api/v1/aggregates?metric=mean_speed&group_by=device&window=all&${query}`);
    expect(
      Figures.parse(await response.json())
        .items.map(({ group }) => group)
        .sort(),
    ).toEqual(chosen);
  });

  it('chooses what is played back and how much of it there is', async () => {
    const day = `from=${NOW - 3 * HOUR}&to=${NOW}&step=PT1H`;
    const played = await city.request(`/api/v1/playback/traffic?metric=mean_speed&${day}&${query}`);
    expect(Playback.parse(await played.json()).series.map(({ device: of }) => of)).toEqual(chosen);
    const { items } = Volume.parse(await (await city.request(`/api/v1/volume/traffic?${day}&${query}`)).json());
    expect(items.reduce((sum, { observations }) => sum + observations, 0)).toBe(chosen.length);
  });

  it.each(['', '&coalesce=0'])('chooses what a stream tells (snapshot=1%s)', async (mode) => {
    const client = await server.stream(`?snapshot=1${mode}&${query}`);
    const events = await client.take(chosen.length);
    expect(events.map(({ data }) => data.device).sort()).toEqual(chosen);
    client.leave();
  });
});

describe('every route', () => {
  it.each(WRONG)('refuses %s', async (query) => {
    const played = ['playback/traffic?metric=mean_speed&', 'volume/traffic?'];
    for (const path of [
      'devices?',
      'map/traffic?',
      'observations?',
      'aggregates?metric=mean_speed&',
      'stream?',
      ...played,
    ])
      expect((await city.request(`/api/v1/${path}${query}`)).status, path).toBe(400);
  });

  it('tells of each device how it does and when it spoke last', async () => {
    const devices = z.array(DeviceView).parse((await city.list('/api/v1/devices')).items);
    const told = Object.fromEntries(devices.map(({ id, condition, newest }) => [id, [condition, newest]]));
    const at = (id: string) => new Date(SPOKE[id] ?? 0).toISOString();
    expect(told).toEqual({
      'new-1': ['new', null],
      'live-1': ['live', at('live-1')],
      'silent-1': ['silent', at('silent-1')],
      'offline-1': ['offline', at('offline-1')],
      'retired-1': ['live', at('retired-1')],
      'bus-1': ['live', at('bus-1')],
    });
    const one = DeviceView.parse(await (await city.request('/api/v1/devices/silent-1')).json());
    expect([one.condition, one.newest]).toEqual(['silent', at('silent-1')]);
    expect(one).toMatchObject({
      conditionSince: new Date((SPOKE['silent-1'] ?? 0) + 180_000).toISOString(),
      conditionReason: { code: 'awaited', metric: 'mean_speed', awaited: 180, connection: null },
      connection: null,
    });
    expect(devices.find(({ id }) => id === 'offline-1')).toMatchObject({
      conditionSince: new Date(NOW).toISOString(),
      conditionReason: { code: 'disconnected', metric: 'mean_speed', awaited: 180, connection: 'x' },
      connection: { online: false, reason: 'x' },
    });
  });
});

describe('a stream by condition', () => {
  it('judges a device by what is being told of it', async () => {
    const client = await server.stream('?condition=live&coalesce=0&device=new-1,silent-1');
    const quiet = { time: NOW - HOUR, received: NOW - HOUR };
    city.bus.publish('observations', [
      { ...live('silent-1', 'vehicle_count', 1, quiet), id: '900.0' },
      { ...live('new-1', 'mean_speed', 2), id: '901.0' },
    ]);
    const [event] = await client.take(1);
    expect(event?.data).toMatchObject({ device: 'new-1', value: 2 });
    client.leave();
  });
});
