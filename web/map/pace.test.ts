import { expect, test } from 'vitest';
import { Pace } from './pace.ts';

/** One that was set at 0 and worked through after so many ms. */
async function after(took: number): Promise<Pace> {
  const pace = new Pace();
  const done = Promise.resolve();
  pace.began(0, done, () => took);
  await done;
  return pace;
}

test('nothing is set while the one before is under way', () => {
  const pace = new Pace();
  expect(pace.isDue(0, 40)).toBe(true);
  pace.began(0, new Promise(() => {}));
  expect(pace.isDue(5_000, 40)).toBe(false);
});

test('what is worked through at once comes as often as it is wanted', async () => {
  const pace = await after(5);
  expect(pace.isDue(39, 40)).toBe(false);
  expect(pace.isDue(40, 40)).toBe(true);
});

test('what takes long leaves as long a pause, up to a tenth of a second', async () => {
  expect((await after(50)).isDue(99, 40)).toBe(false);
  expect((await after(50)).isDue(100, 40)).toBe(true);
  expect((await after(2_000)).isDue(2_100, 40)).toBe(true);
});

test('what fails holds up nothing', async () => {
  const pace = new Pace();
  pace.began(0, Promise.reject(new Error('gone')), () => 10);
  await new Promise((resolve) => setTimeout(resolve));
  expect(pace.isDue(40, 40)).toBe(true);
});
