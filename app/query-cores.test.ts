import { expect, it } from 'vitest';
import { queryCores } from './query-cores.ts';

it('queries leave a core to the devices’ door, and have one themselves', () => {
  expect([1, 2, 4, 16].map((cores) => queryCores(cores))).toEqual([1, 1, 3, 15]);
});
