import type { Locator, Page } from 'playwright-core';
import { z } from 'zod';

/** In the browser: where the focus is, and what is wrong with it for who sees the page and has no pointer. */
const LOOK = `(() => {
  const element = document.activeElement;
  if (element === null || element === document.body) return { name: '', faults: ['lost'] };
  const name = (element.getAttribute('aria-label') ?? element.textContent ?? '').trim().slice(0, 60) || element.outerHTML.slice(0, 90);
  // A switch that is drawn as its label is seen there.
  const shown = element.matches('input') ? (element.closest('label') ?? element) : element;
  const { left, top, width, height } = shown.getBoundingClientRect();
  const faults = [];
  const ringed = [element, shown].some((each) => {
    const { outlineStyle, outlineWidth } = getComputedStyle(each);
    return outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2;
  });
  if (!ringed) faults.push('no ring');
  const inside = left < innerWidth && top < innerHeight && left + width > 0 && top + height > 0;
  if (!inside || width === 0 || height === 0) faults.push('out of sight');
  else {
    // Some of it is on top of everything: along its middle line or its upper edge.
    const over = [0.5, 0.1, 0.9].flatMap((x) => [0.5, 0.1].map((y) => [left + width * x, top + height * y]));
    const seen = over.some(([x, y]) => {
      const top = document.elementFromPoint(x, y);
      return top !== null && (shown.contains(top) || top.contains(shown));
    });
    if (!seen) faults.push('covered');
  }
  return { name, faults };
})()`;
const Look = z.object({ name: z.string(), faults: z.array(z.string()) });

/** Someone who goes through the page by keyboard alone. */
export interface Walker {
  /** Tabs on (or back) until this has the focus; throws where it is not reached. */
  to(target: Locator, way?: 'on' | 'back'): Promise<void>;
  /** Presses a key, and waits until the focus is where this says. */
  press(key: string, then?: Locator): Promise<void>;
  /** Every place where the focus was lost, covered, out of sight or without a ring, in words. */
  readonly faults: readonly string[];
}

const FARTHEST = 150;

export function walker(tab: Page): Walker {
  const faults: string[] = [];
  async function look(after: string): Promise<void> {
    const { name, faults: found } = Look.parse(await tab.evaluate(LOOK));
    for (const fault of found) faults.push(`${fault} after ${after}: ${name}`);
  }
  const has = async (target: Locator) => (await target.and(tab.locator(':focus')).count()) > 0;
  return {
    faults,
    async to(target, way = 'on') {
      const key = way === 'back' ? 'Shift+Tab' : 'Tab';
      for (let steps = 0; steps < FARTHEST; steps += 1) {
        if (await has(target)) return;
        await tab.keyboard.press(key);
        await look(key);
      }
      throw new Error(`${FARTHEST} times ${key} lead not to ${String(target)}`);
    },
    async press(key, then) {
      await tab.keyboard.press(key);
      if (then !== undefined) await then.and(tab.locator(':focus')).waitFor({ state: 'attached' });
      await look(key);
    },
  };
}
