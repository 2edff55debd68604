/** `npm run screenshots`: pictures of the page in a real browser, of a city of its own or of the one at --url. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../tests/helpers/browser.ts';
import { startDemonstration } from './demonstration.ts';

/** How one picture is taken: the page's own address, and on what. */
interface Picture {
  readonly name: string;
  readonly query: Readonly<Record<string, string>>;
  /** Zoom, latitude and longitude. */
  readonly map?: string;
  readonly screen: { readonly width: number; readonly height: number; readonly scale: number };
}

const DESK = { width: 1440, height: 900, scale: 1 };
const PHONE = { width: 390, height: 844, scale: 2 };

const pictures = (device: string): readonly Picture[] => [
  { name: 'map-light-vi', query: { lang: 'vi', theme: 'light' }, screen: DESK },
  { name: 'map-dark-en', query: { lang: 'en', theme: 'dark' }, screen: DESK },
  {
    name: 'panel-light-en',
    query: { lang: 'en', theme: 'light', domain: 'traffic', device },
    map: '14/21.0245/105.8535',
    screen: DESK,
  },
  {
    name: 'phone-light-vi',
    query: { lang: 'vi', theme: 'light', device },
    map: '13.4/21.013/105.8535',
    screen: PHONE,
  },
];

async function take(browser: Browser, url: string, out: string, picture: Picture): Promise<string> {
  const { name, query, map, screen } = picture;
  const { scale, ...viewport } = screen;
  const page = await browser.newPage({ viewport, deviceScaleFactor: scale, reducedMotion: 'reduce' });
  try {
    await page.goto(`${url}/?${new URLSearchParams(query)}${map === undefined ? '' : `#map=${map}`}`);
    await page.waitForSelector('html[data-map="idle"]', { timeout: 60_000 });
    if (query.device !== undefined) await page.waitForSelector('.u-over', { timeout: 20_000 });
    const path = join(out, `${name}.png`);
    await page.screenshot({ path });
    return path;
  } finally {
    await page.close();
  }
}

const options = new Command()
  .option('--url <url>', 'where a city runs; without it one is started and stopped again')
  .option('--out <folder>', 'where the pictures go', 'docs/images')
  .option('--device <id>', 'the device whose panel is shown', 'sim-counter-hang-bai-hang-khay-1')
  .parse()
  .opts<{ url?: string; out: string; device: string }>();

await mkdir(options.out, { recursive: true });
const city = options.url === undefined ? await startDemonstration(options.device) : undefined;
const browser = await launchBrowser();
try {
  const url = options.url ?? city?.url ?? '';
  for (const picture of pictures(options.device)) console.log(await take(browser, url, options.out, picture));
} finally {
  await browser.close();
  await city?.stop();
}
