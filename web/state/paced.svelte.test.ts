import { flushSync } from 'svelte';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { paced } from './paced.svelte.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);

test('few come at once; many a task later, the last of several changes; and after the end none', () => {
  let items = $state.raw(numbers(3));
  let shown: { readonly current: readonly number[] } = { current: [] };
  const stop = $effect.root(() => {
    shown = paced(() => items);
  });
  const set = (count: number) => {
    items = numbers(count);
    flushSync();
  };
  expect(shown.current).toHaveLength(3);
  set(2_000);
  expect(shown.current).toHaveLength(2_000);

  set(3_000);
  expect(shown.current).not.toHaveLength(3_000);
  vi.runAllTimers();
  expect(shown.current).toHaveLength(3_000);
  set(4_000);
  set(5_000);
  expect(shown.current).toHaveLength(3_000);
  expect(vi.getTimerCount()).toBe(1);
  vi.runAllTimers();
  expect(shown.current).toHaveLength(5_000);
  set(10);
  expect(shown.current).toHaveLength(10);

  set(6_000);
  stop();
  expect(vi.getTimerCount()).toBe(0);
});
