import type { QuarantineItem } from '../../model/quarantine.ts';
import type { QuarantineQuery, QuarantineStore } from '../../storage/quarantine/port.ts';

export interface QuarantineLab {
  readonly store: QuarantineStore;
  /** Another connection to the same data. */
  another(): Promise<QuarantineStore>;
  /** Closes everything and opens the same data again. */
  reopen(): Promise<QuarantineStore>;
  /** Makes a copy of this name and opens it; rejects where it is there already. */
  copy(name: string): Promise<QuarantineStore>;
  /** Closes everything and takes the data away. */
  close(): Promise<void>;
}

/** Opens a quarantine of its own, empty, that keeps at most so many items and bytes. */
export type FreshQuarantine = (maxItems?: number, maxBytes?: number) => Promise<QuarantineLab>;

/** Runs a test on a quarantine of its own. */
export async function withQuarantine(
  fresh: FreshQuarantine,
  run: (store: QuarantineStore, lab: QuarantineLab) => Promise<void>,
  maxItems?: number,
  maxBytes?: number,
): Promise<void> {
  const lab = await fresh(maxItems, maxBytes);
  try {
    await run(lab.store, lab);
  } finally {
    await lab.close();
  }
}

export const idsOf = async (store: QuarantineStore, query: Partial<QuarantineQuery> = {}): Promise<readonly string[]> =>
  (await store.list({ limit: 100_000, ...query })).map(({ id }) => id);

/** Newest received first, then the larger id, number by number. */
export function newestFirst(a: QuarantineItem, b: QuarantineItem): number {
  const [[aSeq = 0, aIndex = 0], [bSeq = 0, bIndex = 0]] = [a.id.split('-').map(Number), b.id.split('-').map(Number)];
  return Date.parse(b.received) - Date.parse(a.received) || bSeq - aSeq || bIndex - aIndex;
}
