import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytes, ChunkAppender, cells, doubles, integers, longs, nullableDoubles } from './columns.ts';

const anyRow = fc.record({
  integer: fc.integer(),
  byte: fc.integer({ min: 0, max: 255 }),
  long: fc.maxSafeInteger(),
  double: fc.double({ noNaN: true }),
  maybe: fc.option(fc.double({ noNaN: true }), { nil: undefined }),
  cell: fc.option(fc.bigInt({ min: 1n << 59n, max: (1n << 60n) - 1n }), { nil: undefined }),
});

describe('appended chunks', () => {
  it('are read back as they were filled, whatever the values and however many rows', async () => {
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    await connection.run(
      'CREATE TABLE t (integer INTEGER, byte UTINYINT, long BIGINT, "double" DOUBLE, maybe DOUBLE, cell UBIGINT)',
    );
    const columns = [integers(), bytes(), longs(), doubles(), nullableDoubles(), cells()] as const;
    const [integer, byte, long, double, maybe, cell] = columns;
    const appender = new ChunkAppender(await connection.createAppender('t'), columns);
    // Each row many times over, so that chunks are filled to their end and begun anew.
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyRow, { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 1, max: 700 }),
        async (some, times) => {
          await connection.run('DELETE FROM t');
          const rows = Array.from({ length: times }, () => some).flat();
          for (const given of rows) {
            const row = appender.next();
            integer.values[row] = given.integer;
            byte.values[row] = given.byte;
            long.set(row, given.long);
            double.values[row] = given.double;
            if (given.maybe !== undefined) maybe.set(row, given.maybe);
            if (given.cell !== undefined) cell.set(row, given.cell.toString(16));
          }
          appender.flush();
          const result = await connection.run('SELECT * FROM t');
          expect(await result.getRows()).toEqual(
            rows.map((r) => [r.integer, r.byte, BigInt(r.long), r.double, r.maybe ?? null, r.cell ?? null]),
          );
        },
      ),
      { numRuns: 20 },
    );
    appender.close();
    connection.closeSync();
    instance.closeSync();
  });
});
