import { describe, expect, it } from 'vitest';
import { catalogue, createCatalogue } from './catalogue.ts';
import { Domain } from './domain.ts';
import { DOMAINS } from './domains/index.ts';
import { levelOf } from './level.ts';

describe('the rows of the city', () => {
  it.each(DOMAINS.map((domain) => [domain.id, domain] as const))('%s: every row is complete', (_, domain) => {
    expect(Domain.parse(domain)).toEqual(domain);
  });

  it.each(DOMAINS.map((domain) => [domain.id, domain] as const))(
    '%s: every metric is reported by a kind',
    (_, domain) => {
      const reported = new Set(DOMAINS.flatMap((d) => d.kinds).flatMap((kind) => kind.metrics));
      expect(domain.metrics.map((metric) => metric.id).filter((id) => !reported.has(id))).toEqual([]);
    },
  );

  it.each(DOMAINS.map((domain) => [domain.id, domain] as const))(
    '%s: a kind shows its headline among its metrics',
    (_, domain) => {
      for (const kind of domain.kinds) expect(kind.metrics).toContain(kind.headline);
    },
  );

  it('has the three domains of the thin chain in full', () => {
    expect(catalogue.domains.map((domain) => domain.id)).toEqual(
      expect.arrayContaining(['traffic', 'tourism', 'health']),
    );
    for (const id of [
      'vehicle_count',
      'mean_speed',
      'occupancy',
      'queue_length',
      'travel_time',
      'parking_free',
      'bus_delay',
    ])
      expect(catalogue.metricsOf('traffic')).toContain(id);
    for (const id of ['visitor_count', 'crowding', 'queue_time', 'hotel_occupancy', 'noise_level'])
      expect(catalogue.metricsOf('tourism')).toContain(id);
    for (const id of ['beds_total', 'beds_occupied', 'icu_free', 'er_waiting_time', 'vaccine_fridge_temperature'])
      expect(catalogue.metricsOf('health')).toContain(id);
    expect(catalogue.derived('bed_occupancy')).toMatchObject({ numerator: 'beds_occupied', denominator: 'beds_total' });
  });
});

describe('a wrong row', () => {
  const [first] = DOMAINS;
  if (!first) throw new Error('the city has no domain');
  const [metric] = first.metrics;
  if (!metric) throw new Error('the domain has no metric');

  it('that lacks a name in one language is refused', () => {
    const lacking = { ...first, metrics: [{ ...metric, name: { vi: 'Chỉ một', en: '' } }] };
    expect(Domain.safeParse(lacking).success).toBe(false);
  });

  it('whose bands do not rise or do not end open is refused', () => {
    const falling = [
      { below: 10, level: 'good' },
      { below: 5, level: 'poor' },
      { below: null, level: 'severe' },
    ];
    for (const thresholds of [falling, [{ below: 10, level: 'good' }]])
      expect(Domain.safeParse({ ...first, metrics: [{ ...metric, thresholds }] }).success).toBe(false);
  });

  it('that declares a metric twice, or names one that is not there, is refused', () => {
    expect(() => createCatalogue([first, { ...first, id: 'again' }])).toThrow(/declared twice/);
    const kinds = first.kinds.map((kind) => ({ ...kind, metrics: [...kind.metrics, 'no_such_metric'] }));
    expect(() => createCatalogue([{ ...first, kinds }])).toThrow(/no_such_metric/);
  });
});

it('a value on a bound belongs to the band above it', () => {
  const bands = catalogue.metric('mean_speed')?.thresholds ?? [];
  expect([9.99, 10, 29.9, 30, 200].map((value) => levelOf(bands, value))).toEqual([
    'severe',
    'poor',
    'fair',
    'good',
    'good',
  ]);
});
