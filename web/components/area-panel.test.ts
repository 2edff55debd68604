import { cleanup, fireEvent, render, screen } from '@testing-library/svelte';
import { afterEach, expect, test, vi } from 'vitest';
import type { ProfileFigure, ProfileView } from '../api/shapes.ts';
import DrawnPanel from '../profile/DrawnPanel.svelte';
import { at, cityWith, counter, NOW } from '../testing/city.ts';
import AreaPanel from './AreaPanel.svelte';

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const ring: [number, number][] = [
  [105.8, 20.9],
  [105.9, 20.9],
  [105.9, 21.1],
  [105.8, 21.1],
  [105.8, 20.9],
];
const ward = {
  ...{ id: 'lang', level: 'ward' as const, kind: 'ward' as const, name: { vi: 'Phường Láng', en: 'Lang Ward' } },
  ...{ population: 60_028, point: [105.8, 21] as [number, number], approximate: true, attribution: null },
  geometry: { type: 'Polygon' as const, coordinates: [ring] },
};
const WEEK = 7 * 86_400;

function figure(change: Partial<ProfileFigure>): ProfileFigure {
  return {
    ...{ metric: 'mean_speed', value: 12, unit: 'km/h', level: 'poor', per_inhabitants: null, over: 'PT1H' },
    ...{ from: at(3_600), to: at(0), expected: 120, received: 60, completeness: 0.5, newest: at(120), devices: 3 },
    rank: { place: 3, of: 41, by: 'value', lowest: 4, median: 11, highest: 40 },
    before: {
      ...{ from: at(WEEK + 3_600), to: at(WEEK), value: 15, completeness: 1, difference: -3, ratio: -0.2 },
    },
    missing: null,
    ...change,
  };
}
const nothing = (metric: string, missing: 'no-data' | 'unavailable'): ProfileFigure =>
  figure({ metric, value: null, level: null, received: 0, newest: null, rank: null, before: null, missing });

function profile(...figures: ProfileFigure[]): ProfileView {
  return {
    ...{ time: at(0), area: null, within: null, size: null, approximate: true, hidden: 2 },
    devices: { total: 5, live: 3, silent: 1, offline: 1, new: 0, simulated: 4 },
    domains: [{ domain: 'traffic', figures }],
  };
}

/** Opens a ward's panel; what is asked for meanwhile. */
function open(answer: () => Response) {
  const asked: string[] = [];
  vi.stubGlobal('fetch', async (path: string) => {
    // How long the city has had figures is a question of its own.
    if (path.startsWith('/api/v1/volume/')) return Response.json({ items: [] });
    asked.push(path);
    return answer();
  });
  const city = cityWith(counter({ simulated: true }));
  city.areas.load([ward]);
  render(AreaPanel, { ward, city });
  return { city, asked };
}
async function row(name: string): Promise<string> {
  const found = await screen.findByText(name);
  return found.closest('li')?.textContent?.replace(/\s+/g, ' ') ?? '';
}
const all = () => document.body.textContent?.replace(/\s+/g, ' ') ?? '';

test('says what the ward is, that its boundary is approximate, and how its devices do', async () => {
  const { asked } = open(() => Response.json(profile()));
  await vi.waitFor(() => expect(all()).toContain('3 reporting · 1 silent · 1 offline'));
  for (const part of ['Lang Ward', 'approximate boundary', '60,028 people', '4 simulated', '2 figures are not public'])
    expect(all()).toContain(part);
  expect(asked).toEqual(['/api/v1/profile?area=lang&simulated=include']);
});

test('a figure stands with its level, how complete and old it is, its rank, and what it was last week', async () => {
  open(() => Response.json(profile(figure({}))));
  const text = await row('Mean speed');
  for (const part of [
    ...['12 km/h', 'Poor', '3 km/h less than last week (−20%)', '50% received', 'incomplete'],
    ...['last hour · 2 min ago', '3rd highest of 41, among the wards with a figure; lowest 4, middle 11, highest 40'],
  ])
    expect(text).toContain(part);
});

test('a total is told by inhabitants, and ranked by them', async () => {
  const rank = { place: 1, of: 12, by: 'inhabitants' as const, lowest: 0.4, median: 20, highest: 175.4 };
  const total = { metric: 'vehicle_count', value: 1_053, unit: '{vehicles}', level: null } as const;
  open(() => Response.json(profile(figure({ ...total, per_inhabitants: 175.4, rank, before: null }))));
  const text = await row('Vehicle count');
  for (const part of ['175 / 10,000 people', 'highest of 12', 'ranked per 10,000 people']) expect(text).toContain(part);
});

test('a young city says once that there is no week before, and since when it has figures', async () => {
  const days = [0, 0, 4, 9].map((observations, i) => ({
    ...{ time: at((3 - i) * 86_400), observations, devices: 1, expected: observations },
  }));
  const asked: string[] = [];
  vi.stubGlobal('fetch', async (path: string) => {
    asked.push(path);
    if (path.startsWith('/api/v1/volume/')) return Response.json({ items: days });
    return Response.json(profile(figure({ before: null }), figure({ metric: 'occupancy', unit: '%', before: null })));
  });
  const city = cityWith(counter());
  render(AreaPanel, { ward, city });
  await screen.findByText('Nothing to compare with last week yet: the city has figures since 23/11.');
  expect(all().match(/last week/g)).toHaveLength(1);
  expect(asked.filter((path) => path.includes('/volume/'))).toHaveLength(1);
});

test('where one figure can be compared, the others are silent about it', async () => {
  open(() => Response.json(profile(figure({}), figure({ metric: 'occupancy', unit: '%', before: null }))));
  expect(await row('Mean speed')).toContain('less than last week');
  expect(await row('Lane occupancy')).not.toContain('last week');
  expect(all()).not.toContain('Nothing to compare');
});

test.each([
  [{ difference: 0, ratio: 0 }, 'as last week'],
  [{ difference: 0.01, ratio: 0.001 }, 'as last week'],
  [{ difference: 3, ratio: 0.25 }, '3 km/h more than last week (+25%)'],
  [{ difference: 3, ratio: null }, '3 km/h more than last week'],
  [{ difference: -3, ratio: -0.2, completeness: 0.4 }, 'only 40% received last week'],
])('against last week %j is told as %s', async (change, words) => {
  const before = { from: at(WEEK + 3_600), to: at(WEEK), value: 12, completeness: 1, ...change };
  open(() => Response.json(profile(figure({ before }))));
  expect(await row('Mean speed')).toContain(words);
});

test('what no device reports, and what could not be read, is named and not shown as zero', async () => {
  open(() => Response.json(profile(nothing('occupancy', 'no-data'), nothing('parking_free', 'unavailable'))));
  await screen.findByText('No device reports: Lane occupancy');
  await screen.findByText(/Could not be read yet: Free/);
  expect(document.querySelectorAll('li')).toHaveLength(0);
});

test('while the city is away what was read stays with its age, and is read again soon', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    let away = false;
    const { city, asked } = open(() => (away ? new Response('', { status: 503 }) : Response.json(profile(figure({})))));
    await vi.advanceTimersByTimeAsync(100);
    expect(all()).toContain('2 min ago');
    away = true;
    city.clock.now = NOW + 120_000;
    await vi.advanceTimersByTimeAsync(30_000);
    expect(all()).toMatch(/12 km\/h.*4 min ago/);
    expect(all()).toContain('The profile could not be read');
    const before = asked.length;
    await vi.advanceTimersByTimeAsync(5_100);
    expect(asked).toHaveLength(before + 1);
  } finally {
    vi.useRealTimers();
  }
});

test('where nothing is read without a key that is said, and is no error', async () => {
  open(() => new Response('', { status: 401 }));
  await screen.findByText('This city shows its figures only to those with a key.');
  expect(document.querySelector('[role=alert]')).toBeNull();
});

test('a drawn circle has a profile too, and its radius can be typed', async () => {
  const asked: string[] = [];
  vi.stubGlobal('fetch', async (path: string) => {
    asked.push(path);
    return Response.json(profile(figure({ rank: null })));
  });
  const city = cityWith(counter());
  city.drawn.set({ kind: 'circle', centre: [105.82, 21], radius: 500 });
  const panel = render(DrawnPanel, { city, shape: { kind: 'circle', centre: [105.82, 21], radius: 500 } });
  await row('Mean speed');
  expect(all()).toContain('0.785 km²');
  expect(asked[0]).toBe('/api/v1/profile?within=circle%3A105.82%2C21%2C500&simulated=include');
  const radius = screen.getByLabelText('Radius (m)');
  await fireEvent.change(radius, { target: { value: '800' } });
  expect(city.drawn.text).toBe('circle:105.82,21,800');
  expect(window.location.search).toContain('within=circle%3A105.82%2C21%2C800');
  await fireEvent.click(screen.getByText('Remove area'));
  expect(city.drawn.shape).toBeNull();
  panel.unmount();
});
