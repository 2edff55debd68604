import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FORMATS } from '../../model/topic.ts';
import { Batch, ChunkPool } from './batch.ts';
import { CHUNK_BYTES, type ChunkKey, decodeChunk, rawRecords } from './chunk.ts';
import type { JournalEntry, JournalRecord } from './port.ts';
import { type Source, SourceTable } from './sources.ts';

const entries = fc.array(
  fc.record({
    device: fc.oneof(fc.constantFrom('a', 'b'), fc.string({ unit: 'binary' })),
    domain: fc.constantFrom('traffic', 'health'),
    provider: fc.constantFrom('p', 'q'),
    format: fc.constantFrom(...FORMATS),
    received: fc.double({ noNaN: true }),
    payload: fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc
        .tuple(fc.integer({ min: CHUNK_BYTES - 40, max: CHUNK_BYTES + 40 }), fc.nat(255))
        .map(([length, byte]) => new Uint8Array(length).fill(byte)),
    ),
  }),
  { maxLength: 40 },
);

/** With the payload as text: comparing long arrays element by element takes seconds. */
const comparable = (records: readonly JournalRecord[]) =>
  records.map((record) => ({ ...record, payload: Buffer.from(record.payload).toString('latin1') }));

/** Encodes entries behind `head` and decodes them again. */
function roundTrip(all: readonly JournalEntry[], head: number, range: { after: number; upTo: number; limit: number }) {
  const sources = new SourceTable();
  const batch = new Batch(new ChunkPool());
  for (const entry of all) batch.add(sources.of(entry), entry.received, entry.payload);
  const byIndex = new Map<number, Source>([...batch.tally.keys()].map((source) => [source.index, source]));
  const sourceOf = (index: number) => {
    const source = byIndex.get(index);
    if (!source) throw new RangeError(`no source ${index}`);
    return source;
  };
  const records: JournalRecord[] = [];
  let last = head;
  for (const chunk of batch.chunks) {
    last += chunk.count;
    const key: ChunkKey = [last, chunk.count, chunk.newest];
    decodeChunk(key, Uint8Array.from(chunk.bytes()), range, sourceOf, records);
  }
  return records;
}

describe('the chunk codec', () => {
  it('gives back every entry exactly, in order, whatever its bytes', () => {
    fc.assert(
      fc.property(entries, fc.nat(), (all, head) => {
        const records = roundTrip(all, head, { after: head, upTo: Number.POSITIVE_INFINITY, limit: all.length });
        expect(comparable(records)).toEqual(comparable(all.map((entry, i) => ({ seq: head + 1 + i, ...entry }))));
      }),
      { numRuns: 60 },
    );
  });

  it('gives the part of a chunk that was asked for', () => {
    fc.assert(
      fc.property(entries, fc.nat(40), fc.nat(40), fc.nat(40), (all, after, upTo, limit) => {
        const expected = all
          .map((entry, i) => ({ seq: 1 + i, ...entry }))
          .filter(({ seq }) => seq > after && seq <= upTo)
          .slice(0, limit);
        expect(comparable(roundTrip(all, 0, { after, upTo, limit }))).toEqual(comparable(expected));
      }),
      { numRuns: 60 },
    );
  });

  it('copies the payload: the sender may use its buffer again', () => {
    const payload = Uint8Array.of(1, 2, 3);
    const batch = new Batch(new ChunkPool());
    const entry: JournalEntry = { device: 'd', domain: 'x', provider: 'p', format: 'json', received: 1, payload };
    batch.add(new SourceTable().of(entry), 1, payload);
    payload.fill(9);
    const [record] = rawRecords(batch.chunks[0]?.bytes() ?? new Uint8Array());
    expect([...(record?.payload ?? [])]).toEqual([1, 2, 3]);
  });

  it('refuses a chunk that is cut off anywhere', () => {
    const batch = new Batch(new ChunkPool());
    const payload = new Uint8Array(30);
    const entry: JournalEntry = { device: 'd', domain: 'x', provider: 'p', format: 'json', received: 1, payload };
    batch.add(new SourceTable().of(entry), 1, payload);
    const bytes = batch.chunks[0]?.bytes() ?? new Uint8Array();
    for (let length = 1; length < bytes.length; length += 1) {
      expect(() => [...rawRecords(bytes.slice(0, length))], `${length} bytes`).toThrow(RangeError);
    }
  });
});
