import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { keepFocus } from './keep-focus.ts';

let stop: () => void;
beforeEach(() => {
  document.body.innerHTML =
    '<main><button>a</button><p><button>b</button></p><button>c</button></main><a href="#x">beside</a>';
  const main = document.querySelector('main');
  if (main === null) throw new Error('no main');
  // Who comes by keyboard: this DOM does not know how the focus came.
  vi.spyOn(HTMLElement.prototype, 'matches').mockReturnValue(true);
  stop = keepFocus(main);
});
afterEach(() => {
  stop();
  vi.restoreAllMocks();
  document.body.innerHTML = '';
});

const buttons = () => [...document.querySelectorAll('button')];
const focused = () => document.activeElement?.textContent;

test('when what has the focus goes, what came after it has the focus, and at the end what came before', async () => {
  buttons()[1]?.focus();
  document.querySelector('p')?.remove();
  await vi.waitFor(() => expect(focused()).toBe('c'));
  buttons()[1]?.remove();
  await vi.waitFor(() => expect(focused()).toBe('a'));
});

test('whoever was given a better place stays there, and who uses a pointer is left alone', async () => {
  const [, b, c] = buttons();
  b?.focus();
  document.querySelector('p')?.remove();
  document.querySelector('a')?.focus();
  await new Promise((resolve) => setTimeout(resolve));
  expect(focused()).toBe('beside');

  vi.mocked(HTMLElement.prototype.matches).mockReturnValue(false);
  c?.focus();
  c?.remove();
  await new Promise((resolve) => setTimeout(resolve));
  expect(document.activeElement).toBe(document.body);
});
