import fc from 'fast-check';
import { expect, test } from 'vitest';
import { batches } from './batches.ts';

test('batches hold every item once, in order, none of them empty or too large', () => {
  fc.assert(
    fc.property(fc.array(fc.nat()), fc.integer({ min: 1, max: 20 }), (items, size) => {
      const cut = [...batches(items, size)];
      expect(cut.flat()).toEqual(items);
      for (const batch of cut.slice(0, -1)) expect(batch).toHaveLength(size);
      expect(cut.every((batch) => batch.length > 0 && batch.length <= size)).toBe(true);
    }),
  );
});
