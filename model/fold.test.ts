import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fold } from './fold.ts';

describe('fold', () => {
  test.each([
    ['Đống Đa', 'dong da'],
    ['ĐỐNG ĐA'.normalize('NFD'), 'dong da'],
    ['Phường Ô Chợ Dừa', 'phuong o cho dua'],
    ['Cầu Giấy – Mỹ Đình', 'cau giay – my dinh'],
    ['İstanbul', 'istanbul'],
    ['ΟΔΟΣ', 'οδοσ'],
    ['हिन्दी', 'हिन्दी'],
    ['\u0301', '\u0301'],
    ['a\0b\ud800c', 'a b c'],
    ['', ''],
  ])('%j is searched as %j', (text, folded) => {
    expect(fold(text)).toBe(folded);
  });

  const text = fc.string({
    unit: fc.oneof(fc.string({ unit: 'grapheme', maxLength: 2 }), fc.constantFrom('Đ', 'ế', 'Σ')),
  });

  test('what any text contains is found in it', () => {
    fc.assert(
      fc.property(text, text, text, (before, part, after) => {
        expect(fold(before + part + after)).toContain(fold(part));
      }),
      { numRuns: 500 },
    );
  });

  test('folding again changes nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (any) => {
        expect(fold(fold(any))).toBe(fold(any));
      }),
    );
  });
});
