import { cleanup, render, screen, within } from '@testing-library/svelte';
import { afterEach, expect, test } from 'vitest';
import { boundedBands } from '../state/legend.ts';
import { cityWith, counter } from '../testing/city.ts';
import Legend from './Legend.svelte';

afterEach(cleanup);

function show(domain: string | null, simulated = false) {
  const { catalogue, preferences } = cityWith(counter());
  return render(Legend, { catalogue, preferences, domain, simulated });
}

test('every level has its word, and so have what is not rated, what has no data and what is silent', () => {
  show(null);
  for (const word of ['Good', 'Fair', 'Poor', 'Severe', 'Not rated', 'No data yet', 'Silent or offline'])
    expect(screen.getAllByText(word).length).toBeGreaterThan(0);
});

test('the bounds of a metric are those of its row, with its unit', () => {
  show('traffic');
  const speed = screen.getByText('Mean speed').closest('p');
  expect(speed?.textContent).toContain('km/h');
  const scale = speed?.nextElementSibling;
  expect(scale?.textContent?.replace(/\s+/g, ' ')).toContain(
    'Severe below 10 Poor 10 to 20 Fair 20 to 30 Good 30 and more',
  );
});

test('a domain shows its own kinds only', () => {
  show('health');
  expect(screen.getByText('Hospital')).toBeTruthy();
  expect(screen.queryByText('Traffic counter')).toBeNull();
});

test('a metric without thresholds says so', () => {
  show('tourism');
  expect(screen.getByText(/No thresholds/)).toBeTruthy();
});

test('simulated devices are said to be there', () => {
  show(null, true);
  expect(within(document.body).getByText('Simulated devices shown')).toBeTruthy();
});

test('bands are bounded by their neighbours', () => {
  expect(
    boundedBands({
      thresholds: [
        { below: 2, level: 'poor' },
        { below: null, level: 'good' },
      ],
    }),
  ).toEqual([
    { level: 'poor', low: null, high: 2 },
    { level: 'good', low: 2, high: null },
  ]);
});
