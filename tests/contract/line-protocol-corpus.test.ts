import { expect, it } from 'vitest';
import { z } from 'zod';
import { parseLines } from '../../ingest/formats/line/parse.ts';
import { withSharedData } from '../helpers/shared-data.ts';

const Case = z.object({
  input: z.object({
    text: z.union([z.string(), z.object({ binary: z.base64() })]),
    defaultTime: z.coerce.bigint(),
    precision: z.enum(['1ns', '1µs', '1s']),
  }),
  output: z.union([
    z.object({ error: z.string() }),
    z.object({
      result: z.array(
        z.object({
          time: z.coerce.bigint(),
          name: z.string(),
          tags: z.array(z.object({ key: z.string(), value: z.string() })),
          fields: z.array(
            z.object({
              key: z.string(),
              value: z.object({
                float: z.number().optional(),
                int: z.coerce.bigint().optional(),
                uint: z.coerce.bigint().optional(),
                bool: z.boolean().optional(),
                string: z.string().optional(),
              }),
            }),
          ),
        }),
      ),
    }),
  ]),
});
const NS = { '1ns': 1n, '1µs': 1_000n, '1s': 1_000_000_000n };
const LABELS = { float: 'float', integer: 'int', unsigned: 'uint', boolean: 'bool', string: 'string' } as const;

await withSharedData(['payloads/influx/line_protocol_corpus_dev.json'], 'InfluxData’s corpus', (text) => {
  // Integers of 64 bits would be rounded by JSON.parse.
  const exact = text.replace(/("(?:time|defaultTime|int|uint)": )(-?\d+)/g, '$1"$2"');
  const { decode } = z.object({ decode: z.record(z.string(), Case) }).parse(JSON.parse(exact));

  it('is there', () => expect(Object.keys(decode).length).toBeGreaterThan(400));

  it.each(Object.entries(decode))('%s', (_, { input, output }) => {
    const payload = typeof input.text === 'string' ? Buffer.from(input.text) : Buffer.from(input.text.binary, 'base64');
    const lines = parseLines(payload);
    if ('error' in output) {
      const first = Number(/metric (\d+)/.exec(output.error)?.[1]);
      expect(lines.slice(0, first + 1).map((line) => 'fault' in line)).toEqual([...Array(first).fill(false), true]);
      return;
    }
    const unit = NS[input.precision];
    const points = lines.map((line) => {
      if ('fault' in line) return line;
      const { measurement, tags, fields, timestamp } = line;
      return {
        time: timestamp === undefined ? input.defaultTime - (input.defaultTime % unit) : timestamp * unit,
        name: measurement,
        tags: [...tags].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, value]) => ({ key, value })),
        fields: fields.map(([key, { type, value }]) => ({ key, value: { [LABELS[type]]: value } })),
      };
    });
    expect(points).toEqual(output.result);
  });
});
