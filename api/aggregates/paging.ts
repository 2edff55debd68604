import { LRUCache } from 'lru-cache';
import type { Answer } from './answer.ts';

/** How long an answer waits for its next page, ms. */
const KEEP_MS = 60_000;
/** Figures kept for pages to come, all questions together: twice the largest answer. */
const FIGURES_KEPT = 100_000;

/**
 * Answers of which only the first page was given out. The pages behind it are cut from the same answer: it is not worked
 * out again for each, and what arrives meanwhile moves nothing from page to page.
 */
export interface Unfinished {
  keep(question: string, answers: readonly Answer[]): void;
  /** Undefined where it was not kept, or not so long. */
  find(question: string): readonly Answer[] | undefined;
}

export function createUnfinished(): Unfinished {
  const kept = new LRUCache<string, readonly Answer[]>({
    ttl: KEEP_MS,
    maxSize: FIGURES_KEPT,
    sizeCalculation: (answers) => answers.length,
  });
  return {
    keep(question, answers) {
      kept.set(question, answers);
    },
    find: (question) => kept.get(question),
  };
}
