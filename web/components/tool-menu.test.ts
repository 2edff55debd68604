import { cleanup, fireEvent, render, screen } from '@testing-library/svelte';
import { createRawSnippet } from 'svelte';
import { afterEach, expect, test, vi } from 'vitest';
import { MESSAGES } from '../i18n/messages.ts';
import ToolMenu from './ToolMenu.svelte';

afterEach(() => {
  cleanup();
  document.body.innerHTML = '';
});

function show() {
  const children = createRawSnippet<[() => void]>((close) => ({
    render: () => '<button class="tool">Print</button>',
    setup: (button) => button.addEventListener('click', () => close()()),
  }));
  render(ToolMenu, { messages: MESSAGES.en, children });
}
const opener = () => screen.getByRole('button', { name: 'Tools' });
const menu = () => screen.queryByRole('group', { name: 'Tools' });
const isOpen = () => opener().getAttribute('aria-expanded') === 'true';

test('its button opens and closes it, and says which it is', async () => {
  show();
  expect([isOpen(), menu()]).toEqual([false, null]);
  await fireEvent.click(opener());
  expect(isOpen()).toBe(true);
  expect(menu()?.id).toBe(opener().getAttribute('aria-controls'));
  await fireEvent.click(opener());
  expect([isOpen(), menu()]).toEqual([false, null]);
});

test('Escape closes it and nothing behind it, and the button has the focus again', async () => {
  show();
  const behind = vi.fn();
  const listen = (event: KeyboardEvent) => {
    if (!event.defaultPrevented) behind();
  };
  window.addEventListener('keydown', listen);
  await fireEvent.click(opener());
  const tool = screen.getByText('Print');
  tool.focus();
  await fireEvent.keyDown(tool, { key: 'Escape' });
  expect(menu()).toBeNull();
  expect(document.activeElement).toBe(opener());
  expect(behind).not.toHaveBeenCalled();
  // With the menu shut, Escape is for whatever else listens.
  await fireEvent.keyDown(opener(), { key: 'Escape' });
  expect(behind).toHaveBeenCalledOnce();
  window.removeEventListener('keydown', listen);
});

test('a tool that is used closes it, and the focus is back where it was', async () => {
  show();
  await fireEvent.click(opener());
  await fireEvent.click(screen.getByText('Print'));
  expect(menu()).toBeNull();
  expect(document.activeElement).toBe(opener());
});

test('who goes on elsewhere has closed it: by pointer or by focus, and the focus stays there', async () => {
  show();
  document.body.append(Object.assign(document.createElement('button'), { textContent: 'elsewhere' }));
  const elsewhere = screen.getByText('elsewhere');
  await fireEvent.click(opener());
  await fireEvent.pointerDown(screen.getByText('Print'));
  expect(menu()).not.toBeNull();
  await fireEvent.pointerDown(elsewhere);
  expect(menu()).toBeNull();

  await fireEvent.click(opener());
  screen.getByText('Print').focus();
  elsewhere.focus();
  await vi.waitFor(() => expect(menu()).toBeNull());
  expect(document.activeElement).toBe(elsewhere);
});
