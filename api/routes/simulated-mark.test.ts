import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Ledger } from '../../model/ledger.ts';
import type { SetAside } from '../../storage/quarantine/port.ts';
import { device, NOW, openCity, type TestCity } from '../testing/city.fixture.ts';

const books = (n: number) => ({
  messages: { accepted: 4 * n, processed: 2 * n, quarantined: n, pending: n },
  observations: { decoded: 10 * n, stored: 4 * n, duplicate: 3 * n, corrected: 2 * n, quarantined: n },
});
const LEDGER: Ledger = {
  ...books(111),
  providers: [
    { id: 'fleet', ...books(100) },
    { id: 'gone', ...books(10) },
    { id: 'hanoi', ...books(1) },
  ],
};

function item(id: string, device: string): SetAside {
  return {
    ...{ id, scope: 'message', device, provider: 'hanoi', domain: 'traffic', format: 'json', metric: null },
    ...{ received: new Date(NOW).toISOString(), reason: 'malformed-json', detail: 'x', payload: '{', encoding: 'utf8' },
    ...{ truncated: false, replayed: null },
  };
}

let city: TestCity;
beforeAll(async () => {
  city = await openCity({ deps: { ledger: () => LEDGER } });
  await city.registry.putProvider({ id: 'fleet', name: 'Fleet', simulated: true });
  await city.registry.putProvider({ id: 'hanoi', name: 'Hà Nội', simulated: false });
  await city.register(device('real-1'), device('sim-1', { simulated: true }));
  // Of forty items every eighth is of the simulated device, and one of a device that is there no more.
  await city.quarantine.put(
    Array.from({ length: 40 }, (_, i) => item(`${i + 1}-0`, i === 0 ? 'gone-1' : i % 8 === 7 ? 'sim-1' : 'real-1')),
  );
});
afterAll(() => city.close());

describe('the books of the simulated city', () => {
  it.each([
    ['', LEDGER],
    ['?simulated=include', LEDGER],
    ['?simulated=only', { ...books(100), providers: [LEDGER.providers[0]] }],
    ['?simulated=exclude', { ...books(1), providers: [LEDGER.providers[2]] }],
  ])('are told apart by the mark of the provider (%s)', async (query, expected) => {
    const response = await city.request(`/api/v1/ledger${query}`, { as: city.keys.read });
    expect(await response.json()).toEqual(expected);
  });
});

describe('the quarantine of the simulated city', () => {
  async function pages(query: string) {
    const found: unknown[] = [];
    let cursor = '';
    for (;;) {
      const { items, next } = await city.list(`/api/v1/quarantine?limit=3${query}${cursor}`, city.keys.read);
      expect(items.length).toBeLessThanOrEqual(3);
      found.push(...items.map(({ id }) => id));
      if (next === null) return found;
      cursor = `&cursor=${next}`;
    }
  }
  const all = Array.from({ length: 40 }, (_, i) => 40 - i);

  it.each([
    ['', all],
    ['&simulated=only', all.filter((n) => n % 8 === 0)],
    ['&simulated=exclude', all.filter((n) => n % 8 !== 0)],
  ])('is told apart by the mark of the device, page by page (%s)', async (query, expected) => {
    expect(await pages(query)).toEqual(expected.map((n) => `${n}-0`));
  });
});

describe('providers', () => {
  it('are told apart by their mark', async () => {
    const ids = async (query: string) => (await city.list(`/api/v1/providers?${query}`)).items.map(({ id }) => id);
    expect(await ids('')).toEqual(['fleet', 'hanoi']);
    expect(await ids('simulated=only')).toEqual(['fleet']);
    expect(await ids('simulated=exclude')).toEqual(['hanoi']);
  });
});
