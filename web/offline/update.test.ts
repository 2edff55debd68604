import { cleanup, fireEvent, render, screen } from '@testing-library/svelte';
import { tick } from 'svelte';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Preferences } from '../state/preferences.svelte.ts';
import NewBuild from './NewBuild.svelte';
import { Update } from './update.svelte.ts';

/** A worker, and the browser's registration of it, as far as the page uses them. */
const worker = () => Object.assign(new EventTarget(), { postMessage: vi.fn() });
type Worker = ReturnType<typeof worker>;

const NOBODY: { waiting: Worker | null; installing: Worker | null } = { waiting: null, installing: null };

function browser({ active }: { active: Worker | null }) {
  const registration = Object.assign(new EventTarget(), {
    active,
    ...NOBODY,
    update: vi.fn(async () => {}),
  });
  const workers = Object.assign(new EventTarget(), { ready: Promise.resolve(registration) });
  /** A new build comes, and has been kept. */
  async function comes(): Promise<Worker> {
    const next = worker();
    registration.installing = next;
    registration.dispatchEvent(new Event('updatefound'));
    [registration.installing, registration.waiting] = [null, next];
    next.dispatchEvent(new Event('statechange'));
    await tick();
    return next;
  }
  return { registration, workers, comes };
}

const reload = vi.fn();
beforeEach(() => window.history.replaceState(null, '', '/?lang=en'));
afterEach(() => {
  cleanup();
  reload.mockReset();
  vi.useRealTimers();
});

async function show(from: ReturnType<typeof browser>) {
  render(NewBuild, { preferences: new Preferences(), update: new Update(from.workers, reload) });
  await from.workers.ready;
  await tick();
}
const note = () => screen.queryByText('There is a new version of this page.');

test('a new build is told of, and not taken before the reader says so', async () => {
  const from = browser({ active: worker() });
  await show(from);
  expect(note()).toBeNull();
  const next = await from.comes();
  expect(note()).not.toBeNull();
  expect(next.postMessage).not.toHaveBeenCalled();

  await fireEvent.click(screen.getByRole('button', { name: 'Open it' }));
  expect(next.postMessage).toHaveBeenCalledWith('take');
  expect(reload).not.toHaveBeenCalled();
  from.workers.dispatchEvent(new Event('controllerchange'));
  expect(reload).toHaveBeenCalledOnce();
});

test('a tab that did not ask for it is left alone when another takes it', async () => {
  const from = browser({ active: worker() });
  await show(from);
  await from.comes();
  from.workers.dispatchEvent(new Event('controllerchange'));
  expect(reload).not.toHaveBeenCalled();
});

test('put off, it is not told of again in this tab', async () => {
  const from = browser({ active: worker() });
  await show(from);
  await from.comes();
  await fireEvent.click(screen.getByRole('button', { name: 'Later' }));
  expect(note()).toBeNull();
  await from.comes();
  expect(note()).toBeNull();
});

test('the first build is none that waits, and one that waited before the tab was opened is told of', async () => {
  const first = browser({ active: null });
  await show(first);
  await first.comes();
  expect(note()).toBeNull();
  cleanup();

  const later = browser({ active: worker() });
  later.registration.waiting = worker();
  await show(later);
  expect(note()).not.toBeNull();
});

test('a tab that stays open asks for a new build from time to time, and no more once it is closed', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const from = browser({ active: worker() });
  await show(from);
  await vi.advanceTimersByTimeAsync(2 * 60 * 60_000);
  const asked = from.registration.update.mock.calls.length;
  expect(asked).toBeGreaterThan(1);
  cleanup();
  await vi.advanceTimersByTimeAsync(2 * 60 * 60_000);
  expect(from.registration.update).toHaveBeenCalledTimes(asked);
});

test('where there are no service workers nothing is said', async () => {
  render(NewBuild, { preferences: new Preferences(), update: new Update(undefined, reload) });
  await tick();
  expect(note()).toBeNull();
});
