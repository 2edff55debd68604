import fc from 'fast-check';
import { expect, it } from 'vitest';
import { InfluxRejected } from './errors.ts';
import { rejectedLines } from './partial.ts';

const bad = (line: string) => line.startsWith('bad');
const send = async (lines: readonly string[]) => {
  if (lines.some(bad)) throw new InfluxRejected(400, 'partial write');
};

it('finds the refused lines wherever they are, in their order', () =>
  fc.assert(
    fc.asyncProperty(fc.array(fc.boolean(), { maxLength: 200 }), async (marks) => {
      const lines = marks.map((isBad, i) => `${isBad ? 'bad' : 'good'} ${i}`);
      expect(await rejectedLines(lines, send)).toEqual(lines.filter(bad).slice(0, 20));
    }),
  ));

it('stops at an error that is not about lines', async () => {
  const away = async () => {
    throw new Error('away');
  };
  await expect(rejectedLines(['a', 'b'], away)).rejects.toThrow('away');
});
