import type { Format } from '../../model/topic.ts';
import type { AcceptedCount, JournalEntry } from './port.ts';

/** Who sent what: kept once and referred to by its index, so that a record need not repeat four strings. */
export type SourceRow = readonly [provider: string, device: string, domain: string, format: Format];

export interface Source {
  readonly index: number;
  readonly provider: string;
  readonly device: string;
  readonly domain: string;
  readonly format: Format;
}

export function sourceOfRow(index: number, [provider, device, domain, format]: SourceRow): Source {
  return { index, provider, device, domain, format };
}

export function rowOfSource({ provider, device, domain, format }: Source): SourceRow {
  return [provider, device, domain, format];
}

/** Sources per page of accepted counts: a commit writes whole pages, a few instead of one row per device. */
const PAGE = 128;

/** All sources with their accepted counts as flushed. */
export class SourceTable {
  readonly #sources: Source[] = [];
  readonly #byDevice = new Map<string, Source[]>();
  readonly #accepted: number[] = [];
  #stored = 0;

  /** Takes over what the database holds. */
  load(rows: Iterable<{ key: number; value: SourceRow }>, pages: Iterable<{ key: number; value: Uint8Array }>): void {
    for (const { value } of rows) this.#create(value);
    this.#stored = this.#sources.length;
    for (const { key, value } of pages) {
      const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
      for (let i = 0; i * 8 < value.length && key * PAGE + i < this.#sources.length; i += 1) {
        this.#accepted[key * PAGE + i] = view.getFloat64(i * 8);
      }
    }
  }

  /** The source of an entry; a new one is written with the next commit. */
  of(entry: JournalEntry): Source {
    for (const source of this.#byDevice.get(entry.device) ?? []) {
      if (source.provider === entry.provider && source.domain === entry.domain && source.format === entry.format) {
        return source;
      }
    }
    return this.#create([entry.provider, entry.device, entry.domain, entry.format]);
  }

  /** Sources that no commit has stored yet. */
  unstored(): readonly Source[] {
    return this.#sources.slice(this.#stored);
  }

  /** Says that the sources up to this index are stored. */
  storedUpTo(sources: number): void {
    this.#stored = Math.max(this.#stored, sources);
  }

  get size(): number {
    return this.#sources.length;
  }

  /** The pages of counts as they are once `tally` is accepted too. Absolute figures: writing them twice is harmless. */
  pagesWith(tally: ReadonlyMap<Source, number>): Map<number, Uint8Array> {
    const pages = new Map<number, DataView>();
    for (const [{ index }, more] of tally) {
      const page = Math.floor(index / PAGE);
      const view = pages.get(page) ?? this.#page(page);
      pages.set(page, view);
      view.setFloat64((index % PAGE) * 8, (this.#accepted[index] ?? 0) + more);
    }
    return new Map([...pages].map(([page, view]) => [page, new Uint8Array(view.buffer)]));
  }

  /** Counts what has been flushed. */
  accept(tally: ReadonlyMap<Source, number>): void {
    for (const [{ index }, more] of tally) this.#accepted[index] = (this.#accepted[index] ?? 0) + more;
  }

  /** Accepted counts by provider and device; a device with several formats or domains is summed up. */
  counts(): AcceptedCount[] {
    const counts = new Map<string, { provider: string; device: string; accepted: number }>();
    for (const { index, provider, device } of this.#sources) {
      const accepted = this.#accepted[index] ?? 0;
      if (accepted === 0) continue;
      const key = JSON.stringify([provider, device]);
      const count = counts.get(key);
      if (count) count.accepted += accepted;
      else counts.set(key, { provider, device, accepted });
    }
    return [...counts.values()];
  }

  #create(row: SourceRow): Source {
    const source = sourceOfRow(this.#sources.length, row);
    this.#sources.push(source);
    this.#accepted.push(0);
    const known = this.#byDevice.get(source.device);
    if (known) known.push(source);
    else this.#byDevice.set(source.device, [source]);
    return source;
  }

  #page(page: number): DataView {
    const view = new DataView(new ArrayBuffer(PAGE * 8));
    const first = page * PAGE;
    for (let i = 0; i < PAGE; i += 1) view.setFloat64(i * 8, this.#accepted[first + i] ?? 0);
    return view;
  }
}
