import type { Page } from 'playwright-core';
import { DESK, PHONE, type Look, type Screen, TABLET, WALL } from './screens.ts';

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

const HOUR_MS = 3_600_000;
/** Hanoi is so far ahead of UTC all year round. */
const AHEAD_MS = 7 * HOUR_MS;
const DAY_MS = 24 * HOUR_MS;

/** The latest moment at which it was so many o’clock in Hanoi, at least half an hour ago, as the address writes it. */
export function lastAt(hour: number, now = Date.now()): string {
  const until = now - HOUR_MS / 2 + AHEAD_MS;
  const days = Math.floor((until - hour * HOUR_MS) / DAY_MS);
  return new Date(days * DAY_MS + hour * HOUR_MS - AHEAD_MS).toISOString();
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
  { id: 'wards', query: { domain: 'environment', metric: 'pm2_5', layers: 'wards' } },
  { id: 'hexes', query: { domain: 'traffic', metric: 'mean_speed', layers: 'hex.80' } },
  { id: 'heat', query: { domain: 'traffic', metric: 'mean_speed', layers: 'heat' } },
  {
    id: 'layers',
    query: { domain: 'environment', metric: 'pm2_5', layers: 'wards.70,devices' },
    map: '12.6/21.02/105.835',
  },
  { id: 'device', query: { domain: 'traffic', device }, map: OLD_QUARTER, ready: CHART },
  { id: 'ward', query: { area: 'hoan-kiem', layers: 'wards.60,devices' }, ready: '.right h2' },
  { id: 'drawn', query: { area: 'drawn', within: 'circle:105.8525,21.02875,900' }, map: OLD_QUARTER, ready: '.right h2' },
  { id: 'playback', query: { domain: 'traffic', at: lastAt(8) }, map: '13/21.022/105.842' },
  {
    id: 'swipe',
    query: { domain: 'traffic', metric: 'mean_speed', at: lastAt(8), with: lastAt(3) },
    map: '13/21.022/105.842',
    ready: 'html[data-beside="idle"]',
  },
  { id: 'compare', query: { domain: 'environment', compare: 'area:hoan-kiem,area:dong-da', compare_metric: 'pm2_5', compared: 'together' }, ready: CHART },
  { id: 'table', query: { show: 'table', domain: 'traffic' }, ready: '[role="grid"], table' },
  {
    id: 'search',
    act: async (page) => {
      await page.getByRole('combobox').first().fill('hoan kiem');
      await page.locator('[role="option"]').first().waitFor();
    },
  },
  { id: 'phone', screen: PHONE },
  { id: 'phone-half', query: { domain: 'traffic', device }, map: OLD_QUARTER, screen: PHONE, ready: CHART },
  { id: 'phone-full', query: { domain: 'traffic', device }, map: OLD_QUARTER, screen: PHONE, ready: CHART, act: pulled(1) },
  { id: 'tablet', query: { domain: 'environment' }, screen: TABLET },
  { id: 'wall', screen: WALL },
  { id: 'quarantine', path: 'quarantine', signedIn: true, ready: 'main li, main tr' },
];

/** The file of a view's picture. */
export const fileOf = (view: string, { theme, lang }: Look): string => `${view}-${theme}-${lang}.webp`;
