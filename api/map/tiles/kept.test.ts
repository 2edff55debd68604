import { expect, it } from 'vitest';
import { createTileIndex } from './index.ts';
import { keptWithIndex } from './kept.ts';

const index = async () => ({ ...(await createTileIndex([])), at: 0 });

it('what was made of an index is made once by its name, and anew of another index', async () => {
  const kept = keptWithIndex<{ n: number }>(10);
  const [first, second] = [await index(), await index()];
  let made = 0;
  const make = async () => ({ n: ++made });
  const answers = await Promise.all([kept(first, 'a', make), kept(first, 'a', make), kept(first, 'b', make)]);
  expect(answers).toEqual([{ n: 1 }, { n: 1 }, { n: 2 }]);
  expect(await kept(first, 'a', make)).toBe(answers[0]);
  expect(await kept(second, 'a', make)).toEqual({ n: 3 });
});

it('what could not be made is made anew', async () => {
  const kept = keptWithIndex<{ n: number }>(10);
  const one = await index();
  await expect(kept(one, 'a', () => Promise.reject(new Error('the store is away')))).rejects.toThrow('away');
  expect(await kept(one, 'a', async () => ({ n: 1 }))).toEqual({ n: 1 });
});
