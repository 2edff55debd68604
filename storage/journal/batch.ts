import { CHUNK_BYTES, Chunk, RECORD_HEADER } from './chunk.ts';
import type { Source } from './sources.ts';

/** A batch is closed at this size; what comes later waits for the next commit. */
const BATCH_BYTES = 8 * 1024 * 1024;

/** Chunk buffers kept for use again: those of two full batches. */
const POOLED = 256;

/** Someone who waits for the entry at `offset` (1-based) of a batch. */
interface Caller {
  readonly offset: number;
  readonly resolve: (seq: number) => void;
  readonly reject: (error: Error) => void;
}

/** Full-size chunk buffers, so that steady load allocates nothing. */
export class ChunkPool {
  readonly #free: Uint8Array[] = [];

  take(bytes: number): Chunk {
    if (bytes > CHUNK_BYTES) return new Chunk(new Uint8Array(bytes));
    return new Chunk(this.#free.pop() ?? Buffer.allocUnsafeSlow(CHUNK_BYTES));
  }

  give(chunks: readonly Chunk[]): void {
    for (const { buffer } of chunks) {
      if (buffer.length === CHUNK_BYTES && this.#free.length < POOLED) this.#free.push(buffer);
    }
  }
}

/** Entries that go to disk in one transaction, encoded, and who waits for them. */
export class Batch {
  readonly chunks: Chunk[] = [];
  /** Entries per source. */
  readonly tally = new Map<Source, number>();
  count = 0;
  readonly #pool: ChunkPool;
  readonly #callers: Caller[] = [];
  #bytes = 0;
  #current: Chunk | undefined;

  constructor(pool: ChunkPool) {
    this.#pool = pool;
  }

  /** Bytes of its entries as they lie in the journal. */
  get bytes(): number {
    return this.#bytes;
  }

  get full(): boolean {
    return this.#bytes >= BATCH_BYTES;
  }

  add(source: Source, received: number, payload: Uint8Array): void {
    let chunk = this.#current;
    if (!chunk?.fits(payload.length)) {
      chunk = this.#pool.take(payload.length + RECORD_HEADER);
      this.#current = chunk;
      this.chunks.push(chunk);
    }
    chunk.add(source.index, received, payload);
    this.#bytes += payload.length + RECORD_HEADER;
    this.count += 1;
    this.tally.set(source, (this.tally.get(source) ?? 0) + 1);
  }

  /** Resolves with the sequence number of the entry added last, once the batch is flushed. */
  settled(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#callers.push({ offset: this.count, resolve, reject });
    });
  }

  /** The batch lies behind `head`, flushed. Returns how many entries were waited for: none if they were given up. */
  resolve(head: number): number {
    return this.#settle((caller) => caller.resolve(head + caller.offset));
  }

  reject(error: Error): void {
    this.#settle((caller) => caller.reject(error));
  }

  #settle(how: (caller: Caller) => void): number {
    if (this.#callers.length === 0) return 0;
    for (const caller of this.#callers) how(caller);
    this.#callers.length = 0;
    return this.count;
  }

  /** Gives the buffers back; the batch is done with. */
  release(): void {
    this.#pool.give(this.chunks);
  }
}
