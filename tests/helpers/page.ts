import type { Browser, Locator, Page } from 'playwright-core';
import { vi } from 'vitest';

export interface PageOptions {
  /** The page's own query: lang, theme, domain, device. */
  readonly query?: Readonly<Record<string, string>>;
  /** Where the map looks, and from how near: 16 unless told otherwise. */
  readonly centre?: readonly [lon: number, lat: number];
  readonly zoom?: number;
  readonly locale?: string;
  /** Whether the reader has not asked for less motion. */
  readonly motion?: boolean;
  /** Whether it is held in a hand, and touched. */
  readonly phone?: boolean;
}

/** The city's page in a tab of its own, with nothing kept of any other. */
export interface CityPage {
  readonly tab: Page;
  /** Hosts, with their ports, that anything of the page asked for something. */
  readonly hosts: ReadonlySet<string>;
  /** What was logged as an error or thrown. */
  readonly errors: readonly string[];
  /** The region of the list. */
  readonly list: Locator;
  /** The row of the list that has this text. */
  row(text: string): Locator;
  /** The panel of the device with this name. */
  panel(name: string): Locator;
  /** Waits until the map is drawn and answers its middle in pixels. */
  middle(): Promise<{ readonly x: number; readonly y: number }>;
  /** Moves the pointer to the middle of the map until the tooltip there has the text. */
  pointAtMiddle(text: string): Promise<Locator>;
  close(): Promise<void>;
}

/** All the text within an element, as one line. */
export const textOf = async (element: Locator): Promise<string> =>
  ((await element.textContent()) ?? '').replace(/\s+/g, ' ').trim();

/** Every pixel costs: a small desk, and a phone as they are held. */
const SCREENS = {
  desk: { viewport: { width: 1100, height: 720 } },
  phone: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
};

/** Opens the city's page on a small desk or a phone; ends once the list is there. */
export async function openPage(
  browser: Browser,
  cityUrl: string,
  {
    query = { lang: 'en', theme: 'light' },
    centre,
    zoom = 16,
    locale = 'en-GB',
    motion = false,
    phone = false,
  }: PageOptions = {},
): Promise<CityPage> {
  const context = await browser.newContext({
    ...SCREENS[phone ? 'phone' : 'desk'],
    reducedMotion: motion ? 'no-preference' : 'reduce',
    colorScheme: 'light',
    locale,
  });
  const hosts = new Set<string>();
  const errors: string[] = [];
  context.on('request', (request) => {
    const url = new URL(request.url());
    if (url.protocol.startsWith('http')) hosts.add(url.host);
  });
  context.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  context.on('weberror', (error) => {
    errors.push(String(error.error()));
  });

  const tab = await context.newPage();
  tab.setDefaultTimeout(30_000);
  const hash = centre ? `#map=${zoom}/${centre[1]}/${centre[0]}` : '';
  await tab.goto(`${cityUrl}/?${new URLSearchParams(query)}${hash}`);
  const list = tab.locator('#devices');
  await list.waitFor();

  const middle: CityPage['middle'] = async () => {
    await tab.waitForSelector('html[data-map="idle"]');
    const box = await tab.locator('canvas.maplibregl-canvas').boundingBox();
    if (box === null) throw new Error('the map is not on the page');
    return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  };
  return {
    tab,
    hosts,
    errors,
    list,
    row: (text) => list.getByRole('listitem').filter({ hasText: text }),
    panel: (name) => tab.getByRole('region', { name, exact: true }),
    middle,
    async pointAtMiddle(text) {
      const { x, y } = await middle();
      const tooltip = tab.locator('.frame > .card[aria-hidden]').filter({ hasText: text });
      // The map tells of the pointer when it moves, and draws what is new in its own time.
      await vi.waitFor(
        async () => {
          await tab.mouse.move(x - 40, y - 40);
          await tab.mouse.move(x, y);
          await tooltip.waitFor({ timeout: 1_000 });
        },
        { timeout: 20_000 },
      );
      return tooltip;
    },
    close: () => context.close(),
  };
}
