import { describe, expect, it } from 'vitest';
import { catalogue, createCatalogue } from './catalogue.ts';
import { Domain } from './domain.ts';
import { DOMAINS } from './domains/index.ts';
import { levelOf } from './level.ts';
import { DerivedMetric, inputsOf } from './metric.ts';

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

  it('has the seven domains of the city with the metrics each promises', () => {
    const promised = {
      traffic: 'vehicle_count mean_speed vehicle_speed occupancy queue_length travel_time parking_free bus_delay',
      tourism: 'visitor_count crowding queue_time hotel_occupancy noise_level',
      health: 'beds_total beds_occupied icu_free er_waiting_time vaccine_fridge_temperature',
      education: 'co2 indoor_temperature attendance_rate energy_use noise_level',
      environment: 'pm2_5 pm10 no2 o3 air_temperature humidity rain_rate water_level',
      'public-services':
        'dossiers_received dossiers_online dossiers_on_time processing_time counter_queue records_digitised records_total',
      ict: 'rack_temperature power_draw ups_charge cpu_load link_latency link_loss link_utilisation failed_logins certificate_days_left',
    };
    expect(catalogue.domains.map((domain) => domain.id).sort()).toEqual(Object.keys(promised).sort());
    for (const [domain, ids] of Object.entries(promised))
      expect(catalogue.metricsOf(domain)).toEqual(expect.arrayContaining(ids.split(' ')));
  });

  it('works ratios and the air quality index out of what is measured', () => {
    const inputs = (id: string) => {
      const row = catalogue.derived(id);
      return row && inputsOf(row);
    };
    expect(inputs('bed_occupancy')).toEqual(['beds_occupied', 'beds_total']);
    expect(inputs('share_online')).toEqual(['dossiers_online', 'dossiers_received']);
    expect(inputs('share_on_time')).toEqual(['dossiers_on_time', 'dossiers_received']);
    expect(inputs('share_digitised')).toEqual(['records_digitised', 'records_total']);
    expect(inputs('vn_aqi')).toEqual(['pm2_5', 'pm10', 'no2', 'o3']);
  });

  it('tells kinds apart by their ids alone', () => {
    const ids = DOMAINS.flatMap(({ kinds }) => kinds).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('calls no vehicle that stands a congested street', () => {
    const moving = DOMAINS.flatMap(({ kinds }) => kinds).filter(({ geometry }) => geometry === 'moving');
    expect(moving.length).toBeGreaterThan(0);
    for (const { metrics } of moving) {
      expect(metrics).not.toContain('mean_speed');
      expect(metrics).toContain('vehicle_speed');
    }
    expect(catalogue.metric('vehicle_speed')?.thresholds).toEqual([]);
  });

  it('keeps the security of its network to those who may see it', () => {
    for (const id of ['failed_logins', 'certificate_days_left'])
      expect(catalogue.metric(id)).toMatchObject({ access: 'restricted' });
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
    const alike = first.kinds.map((kind) => ({ ...kind, like: 'no-such-kind' }));
    expect(() => createCatalogue([{ ...first, kinds: alike }])).toThrow(/no-such-kind/);
    const keyFigures = [{ metric: 'no_such_figure', over: 'PT1H' as const }];
    expect(() => createCatalogue([{ ...first, keyFigures }])).toThrow(/no_such_figure/);
    const derived = [{ ...catalogue.derived('vn_aqi'), inputs: ['no_such_input'] }];
    expect(() => createCatalogue([{ ...first, derived: derived.map((row) => DerivedMetric.parse(row)) }])).toThrow(
      /no_such_input/,
    );
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
