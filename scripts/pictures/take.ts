import type { Browser, BrowserContext } from 'playwright-core';
import { z } from 'zod';
import { DESK, type Look } from './screens.ts';
import type { View } from './views.ts';

/** WebP's quality, of 1: letters stay sharp, and a desk is about 120 kB. */
const QUALITY = 0.82;
const PATIENCE_MS = 90_000;

/** Where the pictures are taken. */
export interface City {
  readonly url: string;
  /** The administrator's, where the views may need it. */
  readonly key?: string | undefined;
}

/** A view as a WebP. Throws where something of it does not come in time. */
export async function takePicture(browser: Browser, city: City, view: View, look: Look): Promise<Buffer> {
  const { width, height, scale, shrink = 1 } = view.screen ?? DESK;
  const context = await browser.newContext({
    viewport: { width, height },
    deviceScaleFactor: scale,
    reducedMotion: 'reduce',
    colorScheme: look.theme,
    locale: look.lang === 'vi' ? 'vi-VN' : 'en-GB',
  });
  try {
    if (view.signedIn) {
      const answer = await context.request.post(`${city.url}/api/v1/session`, { data: { key: city.key } });
      if (!answer.ok()) throw new Error(`${view.id}: the key was not taken (${answer.status()})`);
    }
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    const { path = '', query = {}, map } = view;
    await page.goto(`${city.url}/${path}?${new URLSearchParams({ ...look, ...query })}${map ? `#map=${map}` : ''}`);
    if (path === '') await page.waitForSelector('html[data-around="shown"]');
    if (path === '' && query.show !== 'table') await page.waitForSelector('html[data-map="idle"]');
    if (view.ready !== undefined) await page.waitForSelector(view.ready);
    await page.waitForLoadState('networkidle', { timeout: 5_000 }).catch(() => undefined);
    await view.act?.(page);
    return await webp(context, await page.screenshot({ clip: { x: 0, y: 0, width, height } }), shrink);
  } finally {
    await context.close();
  }
}

/** Playwright writes PNG and JPEG; a page can write WebP, a quarter of the size. */
async function webp(context: BrowserContext, png: Buffer, shrink: number): Promise<Buffer> {
  const page = await context.newPage();
  const url = await page.evaluate(DRAW(png.toString('base64'), shrink));
  return Buffer.from(z.string().parse(url).split(',')[1] ?? '', 'base64');
}

const DRAW = (png: string, shrink: number) => `(async () => {
  const image = new Image();
  image.src = 'data:image/png;base64,${png}';
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(image.width * ${shrink});
  canvas.height = Math.round(image.height * ${shrink});
  const context = canvas.getContext('2d');
  context.imageSmoothingQuality = 'high';
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL('image/webp', ${QUALITY});
})()`;
