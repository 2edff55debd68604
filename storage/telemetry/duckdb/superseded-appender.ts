import type { DuckDBConnection } from '@duckdb/node-api';
import { ChunkAppender, doubles, integers, longs } from './columns.ts';

/** Appends values that corrections replaced to the table `superseded`. */
export class SupersededAppender {
  readonly #series = integers();
  readonly #time = longs();
  readonly #value = doubles();
  readonly #ordinal = longs();
  readonly #rows: ChunkAppender;

  private constructor(rows: (columns: ConstructorParameters<typeof ChunkAppender>[1]) => ChunkAppender) {
    this.#rows = rows([this.#series, this.#time, this.#value, this.#ordinal]);
  }

  static async open(connection: DuckDBConnection): Promise<SupersededAppender> {
    const appender = await connection.createAppender('superseded');
    return new SupersededAppender((columns) => new ChunkAppender(appender, columns));
  }

  append(series: number, time: number, value: number, ordinal: number): void {
    const row = this.#rows.next();
    this.#series.values[row] = series;
    this.#time.set(row, time);
    this.#value.values[row] = value;
    this.#ordinal.set(row, ordinal);
  }

  flush(): void {
    this.#rows.flush();
  }

  close(): void {
    this.#rows.close();
  }
}
