import { cleanup, fireEvent, render, screen, within } from '@testing-library/svelte';
import { tick } from 'svelte';
import { afterEach, expect, test, vi } from 'vitest';
import { cityWith, counter } from '../testing/city.ts';
import ViewsDialog from './ViewsDialog.svelte';

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

async function open() {
  const city = cityWith(counter());
  render(ViewsDialog, { city });
  city.savedViews.managing = true;
  await tick();
  const name = (text: string) =>
    fireEvent.input(screen.getByLabelText('Name for what is shown now'), { target: { value: text } });
  const save = () => fireEvent.submit(screen.getByLabelText('Name for what is shown now'));
  return { city, name, save };
}

test('what is shown is saved under a name, opened, renamed and deleted', async () => {
  const { city, name, save } = await open();
  city.view.show('traffic');
  await name('Sáng thứ hai');
  await save();
  expect(screen.getByRole('status').textContent).toBe('“Sáng thứ hai” is saved.');
  await name('Sáng  thứ hai');
  expect(screen.getByRole('button', { name: 'Replace' })).toBeTruthy();

  city.view.show('ict');
  await fireEvent.click(screen.getByRole('button', { name: 'Rename “Sáng thứ hai”' }));
  const field = screen.getByLabelText('New name of “Sáng thứ hai”');
  await fireEvent.input(field, { target: { value: 'Monday' } });
  await fireEvent.submit(field);
  await tick();
  const list = screen.getByRole('list', { name: 'Saved views' });
  await fireEvent.click(within(list).getByRole('button', { name: 'Monday' }));
  expect(new URLSearchParams(window.location.search).get('domain')).toBe('traffic');
  expect(city.savedViews.managing).toBe(false);

  city.savedViews.managing = true;
  await tick();
  await fireEvent.click(screen.getByRole('button', { name: 'Delete “Monday”' }));
  expect(screen.queryByRole('list', { name: 'Saved views' })).toBeNull();
});

test('one view is begun with, and its link is copied', async () => {
  const copied: string[] = [];
  vi.spyOn(navigator.clipboard, 'writeText').mockImplementation(async (text) => void copied.push(text));
  const { city, name, save } = await open();
  city.view.show('traffic');
  await name('Roads');
  await save();
  const first = screen.getByRole('button', { name: 'Begin with “Roads”' });
  await fireEvent.click(first);
  expect(first.getAttribute('aria-pressed')).toBe('true');
  expect(city.savedViews.first).toBe('Roads');
  await fireEvent.click(screen.getByRole('button', { name: 'Copy the link of “Roads”' }));
  await screen.findByText('The link is copied.');
  expect(copied).toEqual([expect.stringMatching(/\/\?domain=traffic$/)]);
});
