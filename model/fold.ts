/** Combining diacritical marks of the Latin script (Unicode block U+0300 to U+036F). Other scripts' vowel signs stay. */
const MARKS = /[\u0300-\u036f]+/gu;
const UNWRITABLE = /[\p{Cc}\p{Cs}]/gu;

/**
 * A text as searching sees it: without case and without Latin marks, so that `Đống Đa`, `dong da` and `ĐỐNG ĐA` are
 * one. Controls and lone surrogates become spaces. Folding what a text contains gives what its fold contains.
 */
export function fold(text: string): string {
  const lower = text.replace(UNWRITABLE, ' ').normalize('NFD').toLowerCase().replaceAll('đ', 'd').replaceAll('ς', 'σ');
  const bare = lower.replace(MARKS, '');
  // A text of marks alone would fold to nothing, and nothing is found in everything.
  return bare === '' ? lower : bare;
}
