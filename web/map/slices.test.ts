import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Slices } from './slices.ts';

/** What waits for the browser's next picture. */
let waiting: (() => void)[] = [];
const picture = () => {
  for (const frame of waiting.splice(0)) frame();
};
beforeEach(() => {
  waiting = [];
  vi.stubGlobal('requestAnimationFrame', (frame: () => void) => waiting.push(frame));
  vi.stubGlobal('cancelAnimationFrame', () => {
    waiting = [];
  });
});
afterEach(() => vi.unstubAllGlobals());

function slicesOf(size: number) {
  const done: (readonly number[])[] = [];
  return { done, slices: new Slices<number>(size, (items) => done.push(items)) };
}

test('the first slice is worked through at once, each other before a picture of its own', () => {
  const { done, slices } = slicesOf(2);
  slices.put([1, 2, 3, 4, 5]);
  expect(done).toEqual([[1, 2]]);
  picture();
  expect(done).toEqual([
    [1, 2],
    [3, 4],
  ]);
  picture();
  picture();
  expect(done.flat()).toEqual([1, 2, 3, 4, 5]);
  expect(waiting).toEqual([]);
});

test('what is put in takes the place of what waits, and no more is done before one picture', () => {
  const { done, slices } = slicesOf(2);
  slices.put([1, 2, 3, 4]);
  slices.put([7, 8, 9]);
  expect(done).toEqual([[1, 2]]);
  picture();
  picture();
  expect(done).toEqual([[1, 2], [7, 8], [9]]);
});

test('what was stopped is not done', () => {
  const { done, slices } = slicesOf(1);
  slices.put([1, 2]);
  slices.stop();
  picture();
  expect(done).toEqual([[1]]);
  slices.put([3]);
  expect(done).toEqual([[1], [3]]);
});
