import { decodeChunk } from './chunk.ts';
import { type Databases, openDatabases, STATE } from './databases.ts';
import { observeHead, type SharedHead } from './head.ts';
import { type JournalReader, type JournalRecord, JournalUnavailable } from './port.ts';
import { type Source, sourceOfRow } from './sources.ts';

class LmdbJournalReader implements JournalReader {
  readonly #databases: Databases;
  readonly #head: Pick<SharedHead, 'get'> | undefined;
  readonly #sources: Source[] = [];

  constructor(databases: Databases, head: Pick<SharedHead, 'get'> | undefined) {
    this.#databases = databases;
    this.#head = head;
  }

  read(after: number, limit: number): readonly JournalRecord[] {
    const records: JournalRecord[] = [];
    // The head first, the snapshot after it: the other way round the snapshot could lack what the head promises.
    const upTo = this.#head?.get() ?? Number.POSITIVE_INFINITY;
    const { trimmed } = this.#state();
    const range = { after: Math.max(after, trimmed), upTo, limit };
    if (range.after >= upTo || limit <= 0) return records;
    const sourceOf = (index: number) => this.#source(index);
    for (const { key, value } of this.#databases.entries.getRange({ start: [range.after + 1] })) {
      decodeChunk(key, value, range, sourceOf, records);
      if (records.length >= limit || key[0] >= upTo) break;
    }
    return records;
  }

  oldest(): number {
    return this.#state().trimmed + 1;
  }

  async close(): Promise<void> {
    await this.#databases.root.close();
  }

  /**
   * The state in the newest snapshot; what is read next in this turn is of the same.
   * It also finds an environment that is lost, where a range would only look empty.
   */
  #state(): { readonly trimmed: number } {
    try {
      this.#databases.root.resetReadTxn();
      return this.#databases.state.get(STATE) ?? { trimmed: 0 };
    } catch (error) {
      throw new JournalUnavailable('the journal cannot be read', { cause: error });
    }
  }

  #source(index: number): Source {
    const known = this.#sources[index];
    if (known) return known;
    for (const { key, value } of this.#databases.sources.getRange({ start: this.#sources.length })) {
      this.#sources.push(sourceOfRow(key, value));
    }
    const found = this.#sources[index];
    if (!found) throw new RangeError(`the journal has no source ${index}`);
    return found;
  }
}

/**
 * Opens a reading end, in any thread of the writer's process. It shows flushed records only when the writer had the path
 * open before the thread started; alone (no writer in the process) it shows all there is.
 */
export async function openJournalReader(options: { readonly path: string }): Promise<JournalReader> {
  return new LmdbJournalReader(await openDatabases(options.path, true), observeHead(options.path));
}
