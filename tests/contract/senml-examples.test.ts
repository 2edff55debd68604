import { describe, expect, it } from 'vitest';
import { decodeSenmlCbor } from '../../ingest/formats/senml/cbor.ts';
import { decodeSenml } from '../../ingest/formats/senml/json.ts';
import { readPack } from '../../ingest/formats/senml/pack.ts';
import { resolve } from '../../ingest/formats/senml/resolve.ts';
import { isRejection } from '../../ingest/rejection.ts';
import type { SenmlPack } from '../../model/senml.ts';
import { sharedBytes, withSharedData } from '../helpers/shared-data.ts';

function packOf(value: unknown): SenmlPack {
  const pack = readPack(value);
  if (isRejection(pack)) throw new Error(pack.detail);
  return pack;
}

/** Records as the RFC writes them: without our note of whether a time was told. */
const resolved = (pack: SenmlPack, now: number) => resolve(pack, now).map(({ told, ...record }) => record);

const EXAMPLES = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
const files = EXAMPLES.flatMap((n) => [`payloads/senml/ex${n}.gen.json`, `payloads/senml/ex${n}.gen.resolved.json`]);

await withSharedData(files, 'the RFC’s examples', (...texts) => {
  it.each(EXAMPLES.map((n, i) => [n, texts[2 * i] ?? '', texts[2 * i + 1] ?? ''] as const))(
    'example %d becomes its resolved records',
    (_, pack, expected) => {
      const records: { t: number; l?: string }[] = JSON.parse(expected);
      // The examples without a time were resolved when they were published; a link (l) is an extension, not kept.
      const now = records[0]?.t ?? 0;
      const known = records.map(({ l, ...one }) => one);
      // The tool that resolved them knew no data values.
      const found = resolved(packOf(JSON.parse(pack)), now).filter((one) => one.vd === undefined);
      expect(found).toEqual(known.map((one) => ({ ...one, t: expect.closeTo(one.t, 6) })));
    },
  );
});

const origin = { kind: 'counter', received: 1_764_000_000_123 };

describe('SenML in CBOR', () => {
  it.for([3, 5])('example %d of the RFC says the same in CBOR and in JSON', async (n, context) => {
    const cbor = await sharedBytes(context, `payloads/senml/ex${n}.gen.cbor`);
    const json = await sharedBytes(context, `payloads/senml/ex${n}.gen.json`);
    expect(decodeSenmlCbor(cbor, origin)).toHaveProperty('readings.0.values');
    expect(decodeSenmlCbor(cbor, origin)).toEqual(decodeSenml(json, origin));
  });
});
