import type { DuckDBConnection } from '@duckdb/node-api';
import type { Observation } from '../../../model/observation.ts';
import { bytes, ChunkAppender, cells, doubles, integers, longs, nullableDoubles } from './columns.ts';
import { flagBits, qualityCode } from './values.ts';

/** Appends observations to a table with the columns of `observation`. */
export class ObservationAppender {
  readonly #series = integers();
  readonly #time = longs();
  readonly #value = doubles();
  readonly #quality = bytes();
  readonly #received = longs();
  readonly #flags = bytes();
  readonly #lon = nullableDoubles();
  readonly #lat = nullableDoubles();
  readonly #cell = cells();
  readonly #rows: ChunkAppender;

  private constructor(rows: (columns: ConstructorParameters<typeof ChunkAppender>[1]) => ChunkAppender) {
    this.#rows = rows([
      this.#series,
      this.#time,
      this.#value,
      this.#quality,
      this.#received,
      this.#flags,
      this.#lon,
      this.#lat,
      this.#cell,
    ]);
  }

  static async open(connection: DuckDBConnection, table: string): Promise<ObservationAppender> {
    const appender = await connection.createAppender(table);
    return new ObservationAppender((columns) => new ChunkAppender(appender, columns));
  }

  append(series: number, observation: Observation): void {
    const row = this.#rows.next();
    const { position, cell } = observation;
    this.#series.values[row] = series;
    this.#time.set(row, observation.time);
    this.#value.values[row] = observation.value;
    this.#quality.values[row] = qualityCode(observation.quality);
    this.#received.set(row, observation.received);
    this.#flags.values[row] = flagBits(observation.flags);
    if (position) {
      this.#lon.set(row, position[0]);
      this.#lat.set(row, position[1]);
    }
    if (cell !== undefined) this.#cell.set(row, cell);
  }

  flush(): void {
    this.#rows.flush();
  }

  clear(): void {
    this.#rows.clear();
  }

  close(): void {
    this.#rows.close();
  }
}
