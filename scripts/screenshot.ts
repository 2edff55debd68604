/** Pictures of the map, made in a real browser: `node --import tsx scripts/screenshot.ts --url URL --out FOLDER`. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { type Browser, chromium } from 'playwright-core';

/** How one picture is taken; `query` is the page's own address, `device` opens a panel. */
interface Picture {
  readonly name: string;
  readonly query: Record<string, string>;
  readonly size: { readonly width: number; readonly height: number };
}

const DESK = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };

/** What Debian's Chromium needs to draw WebGL without a screen and to ask nobody for anything. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const pictures = (device: string | undefined): readonly Picture[] => [
  { name: 'map-light-vi', query: { lang: 'vi', theme: 'light' }, size: DESK },
  { name: 'map-dark-en', query: { lang: 'en', theme: 'dark' }, size: DESK },
  ...(device === undefined
    ? []
    : [
        { name: 'panel-light-vi', query: { lang: 'vi', theme: 'light', device }, size: DESK },
        { name: 'panel-dark-en', query: { lang: 'en', theme: 'dark', device }, size: DESK },
        { name: 'phone-light-vi', query: { lang: 'vi', theme: 'light', device }, size: PHONE },
      ]),
];

async function take(browser: Browser, url: string, out: string, { name, query, size }: Picture): Promise<string> {
  const page = await browser.newPage({ viewport: size, reducedMotion: 'reduce' });
  try {
    await page.goto(`${url}/?${new URLSearchParams(query)}`);
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
  .requiredOption('--url <url>', 'where the city runs', 'http://127.0.0.1:8080')
  .requiredOption('--out <folder>', 'where the pictures go', 'docs/images')
  .option('--device <id>', 'a device whose panel is shown as well')
  .option('--chromium <path>', 'the browser', '/usr/bin/chromium')
  .parse()
  .opts<{ url: string; out: string; device?: string; chromium: string }>();

await mkdir(options.out, { recursive: true });
const browser = await chromium.launch({ executablePath: options.chromium, args: FLAGS });
try {
  for (const picture of pictures(options.device)) console.log(await take(browser, options.url, options.out, picture));
} finally {
  await browser.close();
}
