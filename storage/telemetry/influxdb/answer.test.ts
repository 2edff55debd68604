import fc from 'fast-check';
import { expect, it } from 'vitest';
import { linesOf, rowsOf } from './answer.ts';
import { InfluxQueryFailed } from './errors.ts';
import { Transient } from './retry.ts';

async function* cut(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let at = 0;
  for (const size of sizes) {
    yield bytes.subarray(at, at + size);
    at += size;
  }
  yield bytes.subarray(at);
}

it('puts lines together however the answer was cut, in the middle of a character too', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({ unit: 'grapheme' }).map((text) => JSON.stringify(`Nhịp ${text}`))),
      fc.array(fc.nat({ max: 9 })),
      fc.boolean(),
      async (documents, sizes, ended) => {
        const text = documents.join('\n') + (ended ? '\n' : '');
        const lines: string[] = [];
        for await (const line of linesOf(cut(new TextEncoder().encode(text), sizes))) lines.push(line);
        expect(lines).toEqual(documents);
      },
    ),
  ));

it('tells rows with the statement they answer', () => {
  const document = JSON.stringify({
    results: [
      { statement_id: 0 },
      { statement_id: 1, series: [{ name: 'm', tags: { device: 'd' }, columns: ['time', 'v'], values: [[1, 2]] }] },
    ],
  });
  expect(rowsOf(document, ['a', 'b'])).toEqual([
    { statement: 1, name: 'm', tags: { device: 'd' }, columns: ['time', 'v'], values: [[1, 2]] },
  ]);
});

it('throws the error of a statement, as one that passes where the server only lacks time', () => {
  const failed = (error: string) => () => rowsOf(JSON.stringify({ results: [{ statement_id: 1, error }] }), ['a', 'b']);
  expect(failed('field type conflict')).toThrow(InfluxQueryFailed);
  expect(failed('query timeout reached')).toThrow(Transient);
});
