import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { poll } from './poll.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('what could not be read is read again soon, and what came only when it is due', async () => {
  const answers: (Error | string)[] = [new Error('away'), new Error('away'), 'here', 'here'];
  const said: unknown[] = [];
  const stop = poll(
    {
      async read() {
        const answer = answers.shift();
        if (answer instanceof Error) throw answer;
        return answer;
      },
      came: (value) => said.push(value),
      failed: () => said.push('failed'),
    },
    60_000,
  );
  await vi.advanceTimersByTimeAsync(0);
  expect(said).toEqual(['failed']);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(said).toEqual(['failed', 'failed', 'here']);
  await vi.advanceTimersByTimeAsync(59_000);
  expect(said).toHaveLength(3);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(said).toHaveLength(4);
  stop();
  await vi.advanceTimersByTimeAsync(120_000);
  expect(said).toHaveLength(4);
});
