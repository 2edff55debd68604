import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DEVICE_CONDITIONS, DEVICE_STATES } from '../../model/device.ts';
import { LEVELS } from '../../model/level.ts';
import { LANGUAGES } from '../../model/text.ts';
import {
  NO_FILTERS,
  OVERS,
  readCamera,
  readUrl,
  SIMULATED,
  THEMES,
  type UrlState,
  writeCamera,
  writeUrl,
} from './url.ts';

const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });
const slug = fc.stringMatching(/^[a-z0-9][a-z0-9-]{1,20}$/);
const metric = fc.stringMatching(/^[a-z][a-z0-9_]{1,20}$/);
const words = fc.string({ unit: 'grapheme', maxLength: 60 }).filter((text) => !/[\p{Cc}\p{Cs}]/u.test(text));
const selected = fc.oneof(
  fc.constant({}),
  slug.map((device) => ({ device })),
  slug.map((area) => ({ area })),
);
const states: fc.Arbitrary<UrlState> = fc.record({
  language: maybe(fc.constantFrom(...LANGUAGES)),
  theme: maybe(fc.constantFrom(...THEMES)),
  domain: maybe(slug),
  metric: maybe(metric),
  over: fc.constantFrom(...OVERS),
  perInhabitants: fc.boolean(),
  search: words,
  filters: fc.record({
    kind: maybe(slug),
    provider: maybe(slug),
    conditions: fc.subarray([...DEVICE_CONDITIONS]),
    levels: fc.subarray([...LEVELS]),
    freshWithin: maybe(fc.integer({ min: 1, max: 604_800 })),
    ward: maybe(slug),
    simulated: fc.constantFrom(...SIMULATED),
    state: fc.constantFrom(...DEVICE_STATES),
  }),
  selected,
});

describe('the address of the page', () => {
  test('what is written is read again, whatever stood there before', () => {
    fc.assert(
      fc.property(states, states, (state, before) => {
        const address = writeUrl(writeUrl('?utm=x', before), state);
        expect(readUrl(address)).toEqual(state);
        expect(new URLSearchParams(address).get('utm')).toBe('x');
      }),
    );
  });

  test('a change leaves what it does not name', () => {
    fc.assert(
      fc.property(states, slug, (state, device) => {
        expect(readUrl(writeUrl(writeUrl('', state), { selected: { device } }))).toEqual({
          ...state,
          selected: { device },
        });
      }),
    );
  });

  test('what is usual is not said', () => {
    const usual = { ...readUrl(''), language: null, theme: null };
    expect(usual).toMatchObject({ over: 'PT1H', search: '', filters: NO_FILTERS, selected: {} });
    expect(writeUrl('', usual)).toBe('');
  });

  test('no query makes it fail, and what is not understood is not given', () => {
    const names = ['lang', 'theme', 'domain', 'metric', 'over', 'q', 'kind', 'fresh_within', 'device', 'area'];
    const anything = fc.dictionary(fc.constantFrom(...names), fc.string({ unit: 'binary' }));
    fc.assert(
      fc.property(anything, (query) => {
        const read = readUrl(`?${new URLSearchParams(query)}`);
        expect(readUrl(writeUrl('', read))).toEqual(read);
      }),
    );
  });

  test.each([
    '?lang=fr&theme=neon&over=PT1Y&simulated=maybe',
    '?domain=../etc&metric=A&kind=%00&provider=%20&ward=x&device=-&area=%F0%9F%92%A5',
    '?condition=&level=best,worst&fresh_within=-5',
    '?fresh_within=1e3&q=%00',
    '',
  ])('%s says nothing', (search) => {
    expect(readUrl(search)).toEqual(readUrl(''));
  });

  test('several values stand in their own order, known ones only', () => {
    const { filters } = readUrl('?condition=offline,live,gone&level=severe');
    expect(filters).toMatchObject({ conditions: ['live', 'offline'], levels: ['severe'] });
  });

  test('a device comes before a ward: one thing is open', () => {
    expect(readUrl('?device=abc&area=def').selected).toEqual({ device: 'abc' });
  });
});

describe('where the map looks', () => {
  test('is read as it is written', () => {
    const cameras = fc.record({
      zoom: fc.integer({ min: 0, max: 2_400 }).map((n) => n / 100),
      lat: fc.integer({ min: -9_000, max: 9_000 }).map((n) => n / 100),
      lon: fc.integer({ min: -18_000, max: 18_000 }).map((n) => n / 100),
    });
    fc.assert(
      fc.property(cameras, (camera) => {
        expect(readCamera(writeCamera(camera))).toEqual(camera);
      }),
    );
  });

  test.each(['', '#', '#map=', '#map=12', '#map=12//', '#map=12/21/x', '#map=99/0/0', '#map=1/91/0'])(
    '%s says nothing of it',
    (hash) => expect(readCamera(hash)).toBeNull(),
  );
});
