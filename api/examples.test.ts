import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { DeviceId, DevicePatch, NewDevice } from '../model/device.ts';
import { device, NOW, openCity, type TestCity } from './testing/city.fixture.ts';
import { type ApiOperation, exampleRequests } from './testing/examples.fixture.ts';

const EXAMPLE = z.string().parse(DeviceId.meta()?.example);

let city: TestCity;
beforeAll(async () => {
  city = await openCity();
});
afterAll(() => city.close());

describe('the examples of the document', () => {
  it('are answered by a city that has the example’s device', async () => {
    await city.register(device(EXAMPLE));
    await city.quarantine.put([
      {
        ...{ id: '1-0', scope: 'message', device: EXAMPLE, provider: 'hanoi', domain: 'traffic', format: 'json' },
        ...{ received: new Date(NOW).toISOString(), reason: 'malformed-json', detail: 'x', metric: null },
        ...{ payload: '{', encoding: 'utf8', truncated: false, replayed: null },
      },
    ]);
    const gets = exampleRequests(city.document, 'get');
    expect(gets.length).toBeGreaterThan(15);
    const answers = await Promise.all(
      gets.map(async ({ path }) => {
        const response = await city.request(path, { as: city.keys.admin });
        return [path, response.status] as const;
      }),
    );
    expect(answers).toEqual(gets.map(({ path }) => [path, 200]));
  });

  it('give every range two different ends, a day apart', () => {
    const ranges = exampleRequests(city.document, 'get').filter(({ query }) => query.has('from'));
    expect(ranges.map(({ template }) => template)).toEqual(
      expect.arrayContaining(['/api/v1/observations', '/api/v1/quarantine']),
    );
    for (const { query } of ranges)
      expect(Date.parse(query.get('to') ?? '') - Date.parse(query.get('from') ?? '')).toBe(86_400_000);
  });

  it('name what every required parameter may be', () => {
    const silent = exampleRequests(city.document, 'get').flatMap(({ template, without }: ApiOperation) =>
      without.map((name) => `${template} ${name}`),
    );
    expect(silent).toEqual([]);
  });

  it('register and change a device', async () => {
    const example = NewDevice.parse(NewDevice.meta()?.example);
    expect((await city.send('POST', '/api/v1/devices', example)).status).toBe(201);
    const patch = DevicePatch.parse(DevicePatch.meta()?.example);
    expect((await city.send('PATCH', `/api/v1/devices/${example.id}`, patch)).status).toBe(200);
  });
});
