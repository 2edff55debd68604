import { cleanup, render, screen } from '@testing-library/svelte';
import { afterEach, expect, test } from 'vitest';
import { cityWith, NOW } from '../testing/city.ts';
import DeviceList from './DeviceList.svelte';
import OfflineNote from './OfflineNote.svelte';

afterEach(cleanup);

test('without a network it is said of which domain no device was kept, and how many there were', () => {
  const city = cityWith();
  city.reading.done = true;
  city.view.show('traffic');
  city.keeping.at = NOW - 60_000;
  city.keeping.counts = new Map([['traffic', { devices: 25_000, live: 24_100 }]]);
  render(OfflineNote, { city });
  expect(document.body.textContent).toMatch(/Offline.*Traffic: 25,000 devices then, 24,100 reporting/s);
  render(DeviceList, { city });
  expect(screen.getByText('The list of devices was not kept for reading without a network.')).toBeTruthy();
  expect(screen.queryByText('No devices here yet.')).toBeNull();
});

test('nothing of it is said while the city answers', () => {
  const city = cityWith();
  city.keeping.counts = new Map([['traffic', { devices: 25_000, live: 24_100 }]]);
  render(OfflineNote, { city });
  expect(document.body.textContent).not.toContain('25,000');
});
