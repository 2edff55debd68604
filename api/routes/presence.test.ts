import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PresenceHistory } from '../../model/presence.ts';
import { device, HOUR, NOW, openCity, type TestCity } from '../testing/city.fixture.ts';

const at = (hoursAgo: number) => new Date(NOW - hoursAgo * HOUR).toISOString();
const online = (device: string, hoursAgo: number) => ({
  device,
  online: true,
  since: at(hoursAgo),
  reason: 'connected',
});
const offline = (device: string, hoursAgo: number) => ({
  ...{ device, online: false, since: at(hoursAgo), reason: 'keepalive-timeout' },
});

let city: TestCity;
beforeAll(async () => {
  city = await openCity();
  await city.register(
    device('counter-1'),
    device('counter-2', { provider: 'sgtvt', state: 'retired' }),
    device('sensor-1', { domain: 'environment', kind: 'air-station' }),
    device('counter-never'),
  );
  const changes = [online('counter-1', 60), offline('counter-1', 40), online('counter-1', 3), offline('counter-1', 1)];
  await city.registry.putPresences(at(0), [...changes, online('counter-2', 100), online('sensor-1', 2)]);
});
afterAll(() => city.close());

async function told(query: string) {
  const response = await city.request(`/api/v1/presence/traffic?${query}`);
  expect(response.status).toBe(200);
  const { items } = PresenceHistory.parse(await response.json());
  return items.map((item) => [item.device, item.changes.map((each) => [each.since, each.online])]);
}

describe('presence', () => {
  it('tells what changed within the range and what held when it began, of retired devices too', async () => {
    expect(await told('')).toEqual([
      [
        'counter-1',
        [
          [at(40), false],
          [at(3), true],
          [at(1), false],
        ],
      ],
      ['counter-2', [[at(100), true]]],
    ]);
    expect(await told(`from=${NOW - 90 * HOUR}&to=${NOW - 50 * HOUR}&device=counter-1`)).toEqual([
      ['counter-1', [[at(60), true]]],
    ]);
    expect(await told('provider=sgtvt')).toEqual([['counter-2', [[at(100), true]]]]);
    expect(await told('device=counter-never')).toEqual([]);
  });

  it.each([
    ['magic', 404],
    ['traffic?from=2&to=1', 400],
    ['traffic?step=PT1H', 400],
  ])('refuses %s', async (path, status) => {
    expect((await city.request(`/api/v1/presence/${path}`)).status).toBe(status);
  });
});
