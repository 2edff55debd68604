import { cleanup, render, screen } from '@testing-library/svelte';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import DevicesTable from '../table/DevicesTable.svelte';
import { at, cityWith, counter } from '../testing/city.ts';
import DeviceList from './DeviceList.svelte';
import DevicePanel from './DevicePanel.svelte';
import Legend from './Legend.svelte';

beforeEach(() => {
  vi.spyOn(HTMLElement.prototype, 'offsetHeight', 'get').mockReturnValue(600);
  vi.spyOn(HTMLElement.prototype, 'offsetWidth', 'get').mockReturnValue(1_000);
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(600);
  vi.stubGlobal('fetch', async () => Response.json({ items: [], next: null }));
});
afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

const speed = (secondsAgo: number, quality: 'valid' | 'suspect' = 'valid') => ({
  value: 40,
  ...{ time: at(secondsAgo), age: secondsAgo, quality, level: null },
});

function open() {
  const city = cityWith(
    counter({ id: 'fine', name: 'Fine', latest: { mean_speed: speed(10) } }),
    counter({ id: 'silent', name: 'Silent', latest: { mean_speed: speed(9_000) } }),
    counter({ id: 'gone', name: 'Gone', connected: false, latest: { mean_speed: speed(9_000) } }),
    counter({ id: 'old', name: 'Old', latest: { mean_speed: speed(900), vehicle_count: speed(10) } }),
    counter({ id: 'doubted', name: 'Doubted', latest: { mean_speed: speed(10, 'suspect') } }),
    counter({ id: 'refused', name: 'Refused', latest: { mean_speed: speed(10) } }),
    counter({ id: 'made', name: 'Made', simulated: true, latest: { mean_speed: speed(10) } }),
  );
  city.reading.done = true;
  city.view.show('traffic');
  city.quarantined.devices = new Set(['refused']);
  return city;
}

/** What is drawn upon the mark in a row, and what the row says of it. */
function told(row: Element | null | undefined) {
  const icon = row?.querySelector('svg');
  return {
    signs: [...(icon?.querySelectorAll('[data-sign]') ?? [])].map((sign) => sign.getAttribute('data-sign')),
    ring: icon?.querySelector('.ring') != null,
    hollow: icon?.querySelector('polygon')?.getAttribute('fill') === 'var(--paper)',
    text: row?.textContent?.replace(/\s+/g, ' ') ?? '',
  };
}
const AS_IT_SHOULD_BE = { signs: [], ring: false, hollow: false };
const EXPECTED = {
  Fine: AS_IT_SHOULD_BE,
  Silent: { ...AS_IT_SHOULD_BE, hollow: true },
  Gone: { ...AS_IT_SHOULD_BE, hollow: true, signs: ['offline'] },
  Old: { ...AS_IT_SHOULD_BE, signs: ['stale'] },
  Doubted: { ...AS_IT_SHOULD_BE, signs: ['doubtful'] },
  Refused: { ...AS_IT_SHOULD_BE, signs: ['quarantined'] },
  Made: { ...AS_IT_SHOULD_BE, ring: true },
};

test.each([
  ['the list', DeviceList, 'li'],
  ['the table', DevicesTable, 'tr'],
] as const)('%s draws of each device what the map draws', (_, component, row) => {
  render(component, { city: open() });
  for (const [name, expected] of Object.entries(EXPECTED))
    expect([name, told(screen.getByText(name, { selector: 'span' }).closest(row))]).toMatchObject([name, expected]);
});

test('what a sign means is said in words', () => {
  render(DeviceList, { city: open() });
  const says = (name: string) => told(screen.getByText(name, { selector: '.name' }).closest('li')).text;
  expect(says('Silent')).toContain('Silent · ');
  expect(says('Gone')).toContain('Offline · ');
  expect(says('Old')).toContain('an old value');
  expect(says('Doubted')).toContain('a doubtful value');
  expect(says('Refused')).toContain('messages quarantined');
  expect(says('Made')).toContain('simulated');
});

test('the panel has the sign too, and says of each value whether it is old or in doubt', () => {
  const city = open();
  const panelOf = (id: string) => {
    const mark = city.marks.find(({ device }) => device.id === id);
    if (mark === undefined) throw new Error(id);
    render(DevicePanel, { mark, city });
    const found = told(document.querySelector('section, aside, [role=region]'));
    const speed = screen.getByRole('button', { name: /^Mean speed/ }).textContent ?? '';
    cleanup();
    return { signs: found.signs, speed };
  };
  expect(panelOf('old')).toMatchObject({ signs: ['stale'], speed: expect.stringContaining('an old value') });
  expect(panelOf('doubted')).toMatchObject({ signs: ['doubtful'], speed: expect.stringContaining('suspect') });
  expect(panelOf('refused').signs).toEqual(['quarantined']);
});

test('the legend explains the question mark where there is one', () => {
  render(Legend, { city: open() });
  expect(screen.getByText(/question mark/).closest('li')?.textContent).toMatch(/1$/);
  cleanup();
  render(Legend, { city: cityWith(counter()) });
  expect(screen.queryByText(/question mark/)).toBeNull();
});
