import type { Page } from 'playwright-core';
import { type Look, PHONE, type Screen, TABLET, WALL } from './screens.ts';

/** A view of the page, as a link opens it and as a hand goes on from there. */
export interface View {
  /** The first part of its pictures' names. */
  readonly id: string;
  /** The page's own path: the map unless told otherwise. */
  readonly path?: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Zoom, latitude and longitude; without it the inner city. */
  readonly map?: string;
  readonly screen?: Screen;
  /** What must be there before the picture is taken. */
  readonly ready?: string;
  /** Whether it is seen with the administrator's key only. */
  readonly signedIn?: boolean;
  /** What is done before the picture is taken. */
  readonly act?: (page: Page) => Promise<void>;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Hanoi is so far ahead of UTC all year round. */
const AHEAD_MS = 7 * HOUR_MS;
const DAY_MS = 24 * HOUR_MS;

const written = (ms: number): string => new Date(ms).toISOString();
/** The latest moment of at least half an hour ago at which it was so many o’clock in Hanoi. */
function lastAt(hour: number): string {
  const until = Date.now() - HOUR_MS / 2 + AHEAD_MS;
  const days = Math.floor((until - hour * HOUR_MS) / DAY_MS);
  return written(days * DAY_MS + hour * HOUR_MS - AHEAD_MS);
}
/** A moment within the last day, which is what a new city has stored. */
function played(hour: number) {
  const to = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS;
  return { at: lastAt(hour), from: written(to - DAY_MS), to: written(to) };
}

/** The counter whose day is shown unless another is asked for. */
export const DEVICE = 'sim-counter-hang-bai-hang-khay-1';
const CHART = '.u-over';
const OLD_QUARTER = '14.2/21.0265/105.8505';
const CITY = '11.6/21.022/105.83';

/** Pulls the sheet of a phone up by so many stops, as the keyboard does. */
const pulled = (stops: number) => async (page: Page) => {
  const handle = page.getByRole('slider').last();
  await handle.focus();
  for (let i = 0; i < stops; i += 1) await page.keyboard.press('ArrowUp');
  await handle.blur();
};

/** The page's main views. `device` is the one whose day is shown. */
export const views = (device: string): readonly View[] => [
  { id: 'map' },
  { id: 'clusters', query: { domain: 'traffic' }, map: CITY },
  { id: 'points', query: { domain: 'traffic' }, map: OLD_QUARTER },
  { id: 'wards', query: { domain: 'traffic', metric: 'vehicle_count', per: 'inhabitants', layers: 'wards' } },
  { id: 'hexes', query: { domain: 'traffic', metric: 'mean_speed', layers: 'hex.80' } },
  { id: 'heat', query: { domain: 'traffic', metric: 'mean_speed', layers: 'heat', ...played(18) } },
  {
    id: 'layers',
    query: { domain: 'environment', metric: 'pm2_5', layers: 'wards.70,devices' },
    map: '12.6/21.02/105.835',
  },
  { id: 'device', query: { domain: 'traffic', device }, map: OLD_QUARTER, ready: CHART },
  {
    id: 'ward',
    query: { domain: 'traffic', metric: 'mean_speed', area: 'hoan-kiem', layers: 'wards.80' },
    ready: '.right h2',
  },
  {
    id: 'drawn',
    query: { area: 'drawn', within: 'circle:105.8525,21.02875,900' },
    map: OLD_QUARTER,
    ready: '.right h2',
  },
  { id: 'playback', query: { domain: 'traffic', ...played(8) }, map: '13/21.022/105.842' },
  {
    id: 'swipe',
    query: { domain: 'traffic', metric: 'mean_speed', ...played(8), with: lastAt(3) },
    map: '13/21.022/105.842',
    ready: 'html[data-beside="idle"]',
  },
  {
    id: 'compare',
    query: {
      domain: 'environment',
      compare: 'area:kim-lien,area:thanh-xuan',
      compare_metric: 'pm2_5',
      compared: 'together',
    },
    ready: CHART,
  },
  { id: 'table', query: { show: 'table', domain: 'traffic' }, ready: '[role="grid"], table' },
  {
    id: 'search',
    act: async (page) => {
      await page.locator('input[role="combobox"]').first().fill('hoan kiem');
      await page.locator('[role="option"]').first().waitFor();
    },
  },
  { id: 'phone', screen: PHONE },
  { id: 'phone-half', query: { domain: 'traffic', device }, map: OLD_QUARTER, screen: PHONE, ready: CHART },
  {
    id: 'phone-full',
    query: { domain: 'traffic', device },
    map: OLD_QUARTER,
    screen: PHONE,
    ready: CHART,
    act: pulled(1),
  },
  { id: 'tablet', query: { domain: 'environment' }, screen: TABLET },
  { id: 'wall', screen: WALL },
  {
    id: 'quarantine',
    path: 'quarantine',
    signedIn: true,
    ready: '[data-item]',
    act: async (page) => await page.locator('[data-item]').first().click(),
  },
];

/** The file of a view's picture. */
export const fileOf = (view: string, { theme, lang }: Look): string => `${view}-${theme}-${lang}.webp`;
