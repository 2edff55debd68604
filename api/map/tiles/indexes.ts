import { LRUCache } from 'lru-cache';
import pLimit from 'p-limit';
import type { Catalogue } from '../../../model/catalogue.ts';
import type { ReadServices } from '../../services.ts';
import { type Courses, createCourses } from './courses.ts';
import { type FactsParts, type FactsQuestion, gatherFacts } from './facts.ts';
import { createTileIndex, type TileIndex } from './index.ts';

/** An index answers for so long before it is made anew, ms; longer where making it takes longer. */
export const KEEP_MS = 2_000;
/** Of the time that passes, at most one part in so many goes into making an index. */
const SHARE = 4;
/** Until so old it answers while the next one is made, ms; older than that nobody is answered from it. */
const STALE_MS = 10_000;
/** Indexes kept at once: one for each different question. */
const KEPT = 8;
/** An index that nobody asked for so long is let go of, ms. */
const UNASKED_MS = 60_000;

/** An index and when it was made, ms. */
export interface Snapshot extends TileIndex {
  readonly at: number;
}

interface Entry {
  current: Snapshot | undefined;
  making: Promise<Snapshot> | undefined;
  /** How long it is good for, ms. */
  good: number;
}

/** The indexes of the questions that are asked right now. */
export interface Indexes {
  /** At most some seconds old; rejects as `gatherFacts` does. */
  of(question: FactsQuestion): Promise<Snapshot>;
}

/**
 * What tells questions apart: everything that bears upon the answer. Who may see less must not be answered with what
 * another may: a derived metric may be closed by itself.
 */
export function nameOf({ filters, metric, levels, shows, reach }: FactsQuestion, catalogue: Catalogue): string {
  const asked = metric === undefined ? [] : [metric];
  const open = [...catalogue.metricsOf(filters.domain), ...asked].filter(shows);
  return JSON.stringify([filters, metric ?? null, levels ?? null, open, reach === undefined ? 0 : reach]);
}

export function createIndexes(services: FactsParts & Pick<ReadServices, 'now'>): Indexes {
  const { catalogue, now } = services;
  const entries = new LRUCache<string, Entry>({ max: KEPT, ttl: UNASKED_MS, updateAgeOnGet: true, ttlAutopurge: true });
  const courses: Courses = createCourses();
  // One after the other: many different questions at once cost time, and no more memory than one.
  const oneByOne = pLimit(1);

  async function make(question: FactsQuestion, entry: Entry): Promise<Snapshot> {
    const began = performance.now();
    const at = now();
    const index = await createTileIndex(await gatherFacts(question, services, courses));
    entry.good = Math.max(KEEP_MS, SHARE * (performance.now() - began));
    entry.current = { ...index, at };
    return entry.current;
  }

  return {
    of(question) {
      const name = nameOf(question, catalogue);
      let entry = entries.get(name);
      if (!entry) {
        entry = { current: undefined, making: undefined, good: KEEP_MS };
        entries.set(name, entry);
      }
      const { current } = entry;
      const age = current ? now() - current.at : Number.POSITIVE_INFINITY;
      if (current && age < entry.good) return Promise.resolve(current);
      const wanted = entry;
      wanted.making ??= oneByOne(() => make(question, wanted)).finally(() => {
        wanted.making = undefined;
      });
      if (!current || age >= STALE_MS + wanted.good) return wanted.making;
      // What goes wrong is told to whoever has to wait for the next one.
      wanted.making.catch(() => {});
      return Promise.resolve(current);
    },
  };
}
