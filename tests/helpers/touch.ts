import type { Locator, Page } from 'playwright-core';

/** A point of the page, CSS pixels. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** The middle of something on the page. */
export async function middleOf(element: Locator): Promise<Point> {
  const box = await element.boundingBox();
  if (box === null) throw new Error('what is to be touched is not on the page');
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

const STEPS = 8;
const between = (from: Point, to: Point, step: number): Point => ({
  x: from.x + ((to.x - from.x) * step) / STEPS,
  y: from.y + ((to.y - from.y) * step) / STEPS,
});

/** Moves fingers over the glass, each from one point to another, as the browser gets it from a touch screen. */
export async function drag(tab: Page, ...fingers: readonly (readonly [from: Point, to: Point])[]): Promise<void> {
  const screen = await tab.context().newCDPSession(tab);
  const touch = (type: 'touchStart' | 'touchMove', step: number) =>
    screen.send('Input.dispatchTouchEvent', {
      type,
      touchPoints: fingers.map(([from, to], id) => ({ ...between(from, to, step), id })),
    });
  await touch('touchStart', 0);
  for (let step = 1; step <= STEPS; step += 1) await touch('touchMove', step);
  await screen.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  await screen.detach();
}
