import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NameOrder } from './name-order.ts';

test('lists of names, one after the other, are each put in the order of the language', () => {
  const collator = new Intl.Collator('vi', { numeric: true });
  const names = fc.array(fc.constantFrom('Hồ Tây 9', 'Hồ Tây 10', 'Đường Láng', 'Cũ', 'Ô Chợ Dừa'), { maxLength: 8 });
  fc.assert(
    fc.property(fc.array(names, { minLength: 1, maxLength: 5 }), (lists) => {
      const order = new NameOrder('vi');
      for (const list of lists) {
        const sorted = order.order([...list]).map((place) => list[place]);
        expect(sorted).toEqual([...list].sort(collator.compare));
      }
    }),
  );
});
