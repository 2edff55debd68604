import { cleanup, fireEvent, render, screen, within } from '@testing-library/svelte';
import { afterEach, expect, test } from 'vitest';
import { at, cityWith, counter } from '../testing/city.ts';
import Legend from './Legend.svelte';

afterEach(cleanup);

const counting = (value: number, id: string, more: Parameters<typeof counter>[0] = {}) =>
  counter({ id, latest: { vehicle_count: { value, time: at(10), age: 10, quality: 'valid', level: null } }, ...more });

function show(domain: string | null, ...devices: Parameters<typeof cityWith>) {
  const city = cityWith(...devices);
  city.view.show(domain);
  render(Legend, { city });
  return city;
}
const text = (element: Element | null | undefined) => element?.textContent?.replace(/\s+/g, ' ').trim() ?? '';
/** The row of the legend that has these words. */
const row = (words: string | RegExp) => text(screen.getByText(words).closest('li'));

/** The outline that stands before a name in the list of kinds. */
const iconOf = (name: string) => screen.getByText(name).closest('li')?.querySelector('svg')?.innerHTML;

test('every level has its word, and so have what is not rated, what has no data and what is silent', () => {
  show(null, counter());
  for (const word of ['Good', 'Fair', 'Poor', 'Severe', 'Not rated', 'No data yet', 'Silent: hollow'])
    expect(screen.getAllByText(word).length).toBeGreaterThan(0);
});

test('the bounds of a metric are those of its row, with its unit and how many devices stand at each level', () => {
  show('traffic', counter(), counter({ id: 'counter-2' }));
  const speed = screen.getByText('Mean speed', { selector: 'strong' }).closest('p');
  expect(text(speed)).toContain('km/h');
  expect(text(speed?.nextElementSibling)).toBe('Severe below 10 2 Poor 10 to 20 0 Fair 20 to 30 0 Good 30 and more 0');
});

test('silent, offline, old, without data and kept from the reader are told apart and counted', () => {
  const old = { mean_speed: { value: 40, time: at(900), age: 900, quality: 'valid', level: 'good' } } as const;
  show(
    'traffic',
    counter({ id: 'silent-1', latest: old, connected: true }),
    counter({ id: 'offline-1', latest: old, connected: false }),
    counter({ id: 'stale-1', latest: { ...old, vehicle_count: { ...old.mean_speed, time: at(10), value: 3 } } }),
    counter({ id: 'new-1', latest: {}, condition: 'new' }),
    counter({ id: 'live-1' }),
  );
  expect(row(/^Silent:/)).toBe('Silent: hollow 1');
  expect(row(/^Offline:/)).toBe('Offline: hollow with a cross 1');
  expect(row(/^The value shown is old/)).toMatch(/ 1$/);
  expect(screen.queryByText(/^Messages quarantined/)).toBeNull();
  expect(row('No data yet')).toBe('No data yet 1');
  expect(screen.queryByText(/^Not public/)).toBeNull();
});

test('a metric that is kept from the reader is no missing data', () => {
  const gateway = counter({ id: 'gateway-1', kind: 'security-gateway', latest: {}, condition: 'live' });
  const city = cityWith();
  city.view.show('ict');
  city.devices.load('ict', { type: 'FeatureCollection', time: at(0), features: [gateway] });
  city.session.hides = (metric) => metric === 'failed_logins';
  render(Legend, { city });
  expect(row(/^Not public/)).toBe('Not public: needs a key 1');
  expect(row('No data yet')).toBe('No data yet 0');
});

test('a metric without thresholds gets classes of what is shown', async () => {
  show('traffic', ...[10, 20, 30, 40, 50].map((value) => counting(value, `counter-${value}`)));
  await fireEvent.change(screen.getByLabelText('Coloured by'), { target: { value: 'vehicle_count' } });
  const scale = screen.getByText('Vehicle count', { selector: 'strong' }).closest('p')?.nextElementSibling;
  expect(text(scale)).toBe('below 20 1 20 to 30 1 30 to 40 1 40 to 50 1 50 and more 1');
  expect(screen.getByText(/Classes of equal size/)).toBeTruthy();
  expect(screen.queryByText('Bus', { selector: 'li' })).toBeNull();
});

test('a domain shows its own kinds only', () => {
  show('health');
  expect(screen.getByText('Hospital')).toBeTruthy();
  expect(screen.queryByText('Traffic counter')).toBeNull();
});

test('a product of a maker is listed where there are devices of it, as what it is like', () => {
  show('traffic', counter());
  expect(screen.queryByText('Bosch parking lot sensor')).toBeNull();
  cleanup();
  show('traffic', counter({ id: 'eui-1000000000000001', kind: 'bosch-parking-lot', latest: {} }));
  expect(iconOf('Bosch parking lot sensor')).toBe(iconOf('Car park'));
  expect(iconOf('Bosch parking lot sensor')).not.toBe(iconOf('Bus'));
});

test('simulated and real devices are counted apart', () => {
  show('traffic', counter({ id: 'sim-1', simulated: true }), counter({ id: 'real-1' }), counter({ id: 'real-2' }));
  expect(within(document.body).getByText('Simulated devices shown')).toBeTruthy();
  expect(row(/^Simulated: dotted/)).toMatch(/ 1$/);
  expect(row(/^Real: unbroken/)).toMatch(/ 2$/);
});
