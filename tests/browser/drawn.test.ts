import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { violations } from '../helpers/axe.ts';
import { launchBrowser } from '../helpers/browser.ts';
import { startCity, type TestCity } from '../helpers/city.ts';
import { type CityPage, openPage, textOf } from '../helpers/page.ts';
import { temporaryDirectory } from '../helpers/temporary.ts';
import { withTool } from '../helpers/tools.ts';

/** Hoàn Kiếm lake, two counters at it, and one across the river. */
const LAKE: readonly [number, number] = [105.8522, 21.0288];
const COUNTERS = [
  ['counter-north', [105.8522, 21.03], 20],
  ['counter-south', [105.8522, 21.0276], 40],
  ['counter-far', [105.8602, 21.0288], 90],
] as const;

const Figure = z.object({ metric: z.string(), value: z.number().nullable(), received: z.number() });
const Profile = z.object({
  within: z.string().nullable(),
  size: z.number().nullable(),
  devices: z.object({ total: z.number() }),
  domains: z.array(z.object({ figures: z.array(Figure) })),
});

await withTool(['chromium'], 'an area that is drawn on the map', () => {
  let city: TestCity;
  let folder: Awaited<ReturnType<typeof temporaryDirectory>>;
  let browser: Browser;
  let page: CityPage | undefined;

  beforeAll(async () => {
    folder = await temporaryDirectory();
    [city, browser] = await Promise.all([startCity({ dataDir: folder.path }), launchBrowser()]);
    for (const [id, position, speed] of COUNTERS) {
      const client = await city.connect(id, await city.register({ id, name: id, position }));
      const report = { time: Date.now() - 60_000, values: { mean_speed: speed, vehicle_count: 50 } };
      await client.publishAsync(`city/traffic/${id}/telemetry`, JSON.stringify(report), { qos: 1 });
      await client.endAsync();
    }
    await city.settled();
  });
  afterEach(async () => {
    await page?.close();
    page = undefined;
  });
  afterAll(async () => {
    await browser?.close();
    await city?.stop();
    await folder?.remove();
  });

  const profileOf = async (within: string) =>
    Profile.parse(await city.json(`/api/v1/profile?within=${encodeURIComponent(within)}`));
  const withinOf = (opened?: CityPage) => opened && new URL(opened.tab.url()).searchParams.get('within');
  /** Waits until the list has so many rows. */
  const rows = ({ list }: CityPage, count: number) =>
    vi.waitFor(
      async () => expect(await list.getByRole('listitem').filter({ hasText: 'counter-' }).count()).toBe(count),
      {
        timeout: 20_000,
      },
    );

  it('narrows the list to what lies in it, has a profile as the API tells it, and opens from its link', async () => {
    page = await openPage(browser, city.url, { centre: LAKE });
    const { tab } = page;
    const { x, y } = await page.middle();
    await rows(page, 3);
    await tab.getByRole('button', { name: 'Draw a polygon' }).click();
    await tab.locator('canvas.drawing').waitFor();
    // Around the lake: at zoom 16 the two counters stand some 120 pixels north and south of its middle.
    const corners = [
      [-60, -165],
      [60, -165],
      [70, 160],
      [-70, 160],
    ] as const;
    for (const [dx, dy] of corners) await tab.mouse.click(x + dx, y + dy);
    await tab.getByText('4 corners').waitFor();
    await tab.mouse.click(x + corners[0][0], y + corners[0][1]);

    const panel = page.panel('Drawn area');
    await panel.waitFor();
    await rows(page, 2);
    expect(await page.row('counter-far').count()).toBe(0);
    await page.list.getByRole('button', { name: 'Remove filter In the drawn' }).waitFor();

    const within = withinOf(page);
    expect(within).toMatch(/^polygon:/);
    const told = await profileOf(within ?? '');
    expect(told.devices.total).toBe(2);
    const figures = told.domains.flatMap((domain) => domain.figures);
    expect(figures.find(({ metric }) => metric === 'mean_speed')).toEqual({
      metric: 'mean_speed',
      value: 30,
      received: 2,
    });
    await panel.getByText('Mean speed').waitFor();
    const text = await textOf(panel);
    for (const part of ['Mean speed Good 30 km/h', 'Vehicle count 100 vehicles', ((told.size ?? 0) / 1e6).toFixed(3)])
      expect(text).toContain(part);
    expect(await violations(page)).toEqual([]);

    const link = tab.url();
    await tab.goto('about:blank');
    await tab.goto(link);
    await panel.getByText('Mean speed').waitFor();
    await rows(page, 2);

    // A corner is dragged, so that the counter in the north lies outside.
    await page.middle();
    await panel.getByRole('button', { name: 'Edit shape' }).click();
    for (const name of [/^Corner 1:/, /^Corner 2:/]) {
      const box = await tab.getByRole('button', { name }).boundingBox();
      if (box === null) throw new Error('the corner is not on the page');
      const [cx, cy] = [box.x + box.width / 2, box.y + box.height / 2];
      await tab.mouse.move(cx, cy);
      await tab.mouse.down();
      await tab.mouse.move(cx, cy + 60, { steps: 3 });
      await tab.mouse.move(cx, cy + 120, { steps: 3 });
      await tab.mouse.up();
    }
    await rows(page, 1);
    expect(await page.row('counter-south').count()).toBe(1);
    expect(await violations(page)).toEqual([]);
    expect(page.errors).toEqual([]);
  });

  it('is drawn, changed and taken off by keyboard alone', async () => {
    page = await openPage(browser, city.url, { centre: LAKE });
    const { tab } = page;
    await page.middle();
    await tab.getByRole('button', { name: 'Draw a circle' }).focus();
    await tab.keyboard.press('Enter');
    await vi.waitFor(async () => expect(await tab.locator('canvas:focus').count()).toBe(1));
    await tab.keyboard.press('Enter');
    for (let step = 0; step < 4; step++) await tab.keyboard.press('ArrowRight');
    await tab.getByText(/^Radius/).waitFor();
    await tab.keyboard.press('Enter');
    const panel = page.panel('Drawn area');
    await panel.waitFor();
    await rows(page, 2);
    const drawn = z
      .tuple([z.string(), z.coerce.number().min(105.851).max(105.853), z.coerce.number(), z.coerce.number()])
      .parse(/^circle:(.+),(.+),(.+)$/.exec(withinOf(page) ?? '')?.slice(0));
    expect(drawn[2]).toBeCloseTo(LAKE[1], 3);

    await panel.getByRole('button', { name: 'Edit shape' }).focus();
    await tab.keyboard.press('Enter');
    const edge = tab.getByRole('button', { name: /^Radius: left and right/ });
    await edge.focus();
    for (let step = 0; step < 60; step++) await tab.keyboard.press('ArrowRight');
    await rows(page, 3);
    const wider = Number(withinOf(page)?.split(',').at(-1));
    expect(wider).toBeGreaterThan(drawn[3]);
    await vi.waitFor(async () => expect(await textOf(panel)).toContain('3 reporting'), { timeout: 20_000 });

    await panel.getByRole('button', { name: 'Remove area' }).focus();
    await tab.keyboard.press('Enter');
    await rows(page, 3);
    await expect.poll(() => withinOf(page)).toBeNull();
    expect(page.errors).toEqual([]);
  });

  it('that crosses itself is refused in words, and Escape gives up without closing anything', async () => {
    page = await openPage(browser, city.url, { centre: LAKE });
    const { tab } = page;
    const { x, y } = await page.middle();
    await tab.getByRole('button', { name: 'Draw a polygon' }).click();
    await tab.locator('canvas.drawing').waitFor();
    for (const [dx, dy] of [
      [-80, -80],
      [80, 80],
      [80, -80],
      [-80, 80],
    ] as const)
      await tab.mouse.click(x + dx, y + dy);
    await tab.getByRole('button', { name: 'Finish' }).click();
    await tab.getByRole('alert').filter({ hasText: 'Its sides cross' }).waitFor();
    await expect.poll(() => withinOf(page)).toBeNull();
    await tab.keyboard.press('Escape');
    await vi.waitFor(async () => expect(await tab.getByText('Its sides cross').count()).toBe(0));
    await rows(page, 3);
  });
});
