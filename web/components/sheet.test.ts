import { cleanup, fireEvent, render, screen } from '@testing-library/svelte';
import { createRawSnippet, tick } from 'svelte';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { MESSAGES } from '../i18n/messages.ts';
import { stopHeight } from '../state/sheet.ts';
import Sheet from './Sheet.svelte';

const ROOM = 600;
const heights = { peek: stopHeight('peek', ROOM), half: stopHeight('half', ROOM), full: stopHeight('full', ROOM) };

/** Whether the screen is a phone's. */
let phone = true;
beforeEach(() => {
  phone = true;
  vi.stubGlobal('matchMedia', (media: string) =>
    Object.assign(new EventTarget(), { media, matches: phone, onchange: null }),
  );
  vi.stubGlobal(
    'ResizeObserver',
    class {
      readonly #told: () => void;
      constructor(told: () => void) {
        this.#told = told;
      }
      observe = () => this.#told();
      disconnect = () => {};
      unobserve = () => {};
    },
  );
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(ROOM);
  HTMLElement.prototype.setPointerCapture = () => {};
});
afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

const children = createRawSnippet(() => ({ render: () => '<section class="card"><button>inside</button></section>' }));
const open = () => render(Sheet, { messages: MESSAGES.en, side: 'left', children });
const handle = () => screen.getByRole('slider', { name: 'Height of the sheet' });
const stop = () => handle().getAttribute('aria-valuetext');
const height = () => document.querySelector<HTMLElement>('.sheet')?.style.height;

async function pull(...to: readonly number[]): Promise<void> {
  await fireEvent.pointerDown(handle(), { clientY: 500, pointerId: 1 });
  for (const clientY of to) await fireEvent.pointerMove(handle(), { clientY, pointerId: 1 });
}
const letGo = () => fireEvent.pointerUp(handle(), { pointerId: 1 });

test('beside the map it is no sheet: what it holds stands there by itself', () => {
  phone = false;
  open();
  expect(screen.queryByRole('slider')).toBeNull();
  expect(screen.getByText('inside')).toBeTruthy();
});

test('by keyboard it goes up and down a stop at a time, and to either end', async () => {
  open();
  expect([stop(), height()]).toEqual(['peek', `${heights.peek}px`]);
  for (const [key, to] of [
    ['ArrowUp', 'half'],
    ['ArrowUp', 'full'],
    ['ArrowUp', 'full'],
    ['ArrowDown', 'half'],
    ['Home', 'peek'],
    ['End', 'full'],
    ['Enter', 'peek'],
    ['Enter', 'half'],
  ] as const) {
    await fireEvent.keyDown(handle(), { key });
    expect([key, stop(), height()]).toEqual([key, to, `${heights[to]}px`]);
  }
});

test('it follows the finger that pulls it, and rests at a stop once it is let go', async () => {
  open();
  await pull(480, 380);
  expect(height()).toBe(`${heights.peek + 120}px`);
  await letGo();
  expect([stop(), height()]).toEqual(['half', `${heights.half}px`]);
  await pull(900);
  expect(height()).toBe(`${heights.peek}px`);
  await letGo();
  expect(stop()).toBe('peek');
  await pull(-500);
  expect(height()).toBe(`${heights.full}px`);
  await letGo();
  expect(stop()).toBe('full');
});

test('a tap opens it a stop further, and folds it from the top; a hand that trembles has tapped', async () => {
  open();
  for (const to of ['half', 'full', 'peek']) {
    await pull(502);
    await letGo();
    expect(stop()).toBe(to);
  }
});

test('who reaches something in the folded sheet by keyboard sees it', async () => {
  open();
  const inside = screen.getByText('inside');
  // This DOM does not know how the focus came.
  vi.spyOn(HTMLElement.prototype, 'matches').mockReturnValue(true);
  inside.focus();
  await tick();
  expect(stop()).toBe('half');
});
