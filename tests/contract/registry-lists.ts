import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Device } from '../../model/device.ts';
import type { DeviceQuery } from '../../storage/registry/port.ts';
import { type FreshRegistry, withRegistry } from '../helpers/registry-lab.ts';
import { device, registration } from '../helpers/registry-samples.ts';

const at = (lon: number, lat: number): Device['geometry'] => ({ type: 'Point', coordinates: [lon, lat] });

const CITY: readonly Device[] = [
  device('bus-1', { kind: 'bus', geometry: null, name: 'Xe buýt 32', provider: 'transerco', simulated: true }),
  device('counter-1', { name: 'Kim Mã 100%', geometry: at(105.82, 21.03), tags: { level: '4', side: 'east' } }),
  device('counter-10', { name: 'Đống Đa', geometry: at(105.83, 21.01), tags: { level: '3' } }),
  device('counter-2', { name: 'Kim_Liên', geometry: at(105.84, 21), state: 'retired', tags: { level: '4' } }),
  device('hospital-1', {
    domain: 'health',
    kind: 'hospital',
    name: 'Bệnh viện \\ Việt Đức',
    geometry: at(105.85, 21.02),
  }),
  device('segment-1', {
    kind: 'segment',
    name: 'Giải Phóng',
    geometry: {
      type: 'LineString',
      coordinates: [
        [105.8, 20.9],
        [105.9, 21.1],
      ],
    },
  }),
];

/** Lists of devices: every filter, alone and with others, in pages. */
export function deviceListContract(fresh: FreshRegistry): void {
  const cases: readonly [what: string, query: DeviceQuery, ids: readonly string[]][] = [
    ['everything, by id in byte order', {}, CITY.map(({ id }) => id)],
    ['by domain', { domain: 'health' }, ['hospital-1']],
    ['by kind', { kind: 'counter' }, ['counter-1', 'counter-10', 'counter-2']],
    ['by provider', { provider: 'transerco' }, ['bus-1']],
    ['by state', { state: 'retired' }, ['counter-2']],
    ['simulated', { simulated: true }, ['bus-1']],
    ['not simulated, of a domain', { simulated: false, domain: 'health' }, ['hospital-1']],
    ['by tag', { tag: ['level', '4'] }, ['counter-1', 'counter-2']],
    ['by tag and state', { tag: ['level', '4'], state: 'active' }, ['counter-1']],
    ['a tag by the value of another', { tag: ['side', '4'] }, []],
    ['by ids, whatever their order', { ids: ['segment-1', 'nobody', 'bus-1', 'bus-1'] }, ['bus-1', 'segment-1']],
    ['by no id at all', { ids: [] }, []],
    ['by ids and another filter', { ids: ['bus-1', 'counter-1'], kind: 'bus' }, ['bus-1']],
    ['in a box, edges included', { bbox: [105.82, 21, 105.84, 21.03] }, ['counter-1', 'counter-10', 'counter-2']],
    ['a line in a box by its middle', { bbox: [105.84, 20.99, 105.86, 21.01] }, ['counter-2', 'segment-1']],
    ['searched in the id', { search: 'PITAL' }, ['hospital-1']],
    ['searched with marks', { search: 'Đống' }, ['counter-10']],
    ['searched without marks', { search: 'dong da' }, ['counter-10']],
    ['searched in capitals, decomposed', { search: 'BỆNH VIỆN'.normalize('NFD') }, ['hospital-1']],
    ['searched for a per cent sign', { search: '0%' }, ['counter-1']],
    ['searched for an underscore', { search: 'm_l' }, ['counter-2']],
    ['searched for a backslash', { search: ' \\ ' }, ['hospital-1']],
    ['searched over id and name', { search: 'counter-1 kim' }, []],
    ['searched for more than any name holds', { search: 'kim'.repeat(30_000) }, []],
    ['searched for nothing', { search: '', kind: 'bus' }, ['bus-1']],
    ['with a quote', { search: "' or 1=1 --" }, []],
    ['with a zero byte', { domain: 'health\0' }, []],
    ['after an id that need not be there', { after: 'counter-15' }, ['counter-2', 'hospital-1', 'segment-1']],
    ['a page', { after: 'bus-1', limit: 2 }, ['counter-1', 'counter-10']],
    ['a page of ids', { ids: ['segment-1', 'counter-1', 'bus-1'], after: 'bus-1', limit: 1 }, ['counter-1']],
    ['none', { limit: 0 }, []],
  ];

  describe('lists of devices', () => {
    test.each(cases)('%s', (_, query, ids) =>
      withRegistry(fresh, async (registry) => {
        await registry.addDevices(CITY.map(registration).reverse());
        expect((await registry.devices(query)).map(({ id }) => id)).toEqual(ids);
      }),
    );

    test('pages of any size, put together, are the list', () =>
      withRegistry(fresh, async (registry) => {
        const given = Array.from({ length: 57 }, (_, i) => device(`d${i}-x`, { kind: i % 3 ? 'a' : 'b' }));
        await registry.addDevices(given.map(registration));
        await fc.assert(
          fc.asyncProperty(
            fc.integer({ min: 1, max: 60 }),
            fc.constantFrom<DeviceQuery>({}, { kind: 'a' }, { ids: given.map(({ id }) => id) }),
            async (limit, query) => {
              const whole = await registry.devices(query);
              const paged: Device[] = [];
              for (let page = await registry.devices({ ...query, limit }); page.length > 0; ) {
                expect(page.length).toBeLessThanOrEqual(limit);
                paged.push(...page);
                page = await registry.devices({ ...query, limit, after: page.at(-1)?.id });
              }
              expect(paged).toEqual(whole);
            },
          ),
          { numRuns: 30 },
        );
      }));

    test('a list longer than any page inside is whole, and more ids than a statement takes are found', () =>
      withRegistry(fresh, async (registry) => {
        const given = Array.from({ length: 4_000 }, (_, i) => device(`d-${String(i).padStart(5, '0')}`));
        await registry.addDevices(given.map(registration));
        expect(await registry.devices({})).toEqual(given);
        expect(await registry.devices({ limit: 3_999 })).toEqual(given.slice(0, -1));
        const ids = Array.from({ length: 70_000 }, (_, i) => `d-${String(i).padStart(5, '0')}`);
        expect(await registry.devices({ ids })).toEqual(given);
      }));
  });
}
