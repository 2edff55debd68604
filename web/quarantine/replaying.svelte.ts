import type { QuarantineItem, RefusalCode } from '../../model/quarantine.ts';
import { dismissItem, Refused, replayItem, replayMany } from '../api/quarantine.ts';
import type { Replayed } from '../api/shapes.ts';
import { askedOf } from './filters.ts';
import type { Quarantine } from './quarantine.svelte.ts';

/** Items that one request looks at: progress is told after each. */
const STEP = 500;

/** What came of a replay, so far. */
export interface Outcome {
  readonly replayed: number;
  readonly messages: number;
  readonly refused: number;
  readonly refusals: Replayed['refusals'];
}
const NOTHING: Outcome = { replayed: 0, messages: 0, refused: 0, refusals: [] };

/** What came of an act on one item: a code of the API, or that it could not be done. */
export type ItemOutcome = 'replayed' | 'dismissed' | 'gone' | 'failed' | RefusalCode;

/** Sends items of the quarantine through the city again: one, or all that the filters choose, step by step. */
export class Replaying {
  readonly #quarantine: Quarantine;
  running = $state(false);
  /** Items looked at. */
  looked = $state(0);
  /** Items that waited when it began. */
  of = $state(0);
  outcome: Outcome | null = $state.raw(null);
  failed = $state(false);
  stopped = $state(false);
  /** Of the item that is open. */
  one: ItemOutcome | null = $state(null);

  constructor(quarantine: Quarantine) {
    this.#quarantine = quarantine;
  }

  /** Forgets what came of before. */
  reset(): void {
    this.outcome = null;
    this.failed = false;
    this.stopped = false;
    this.looked = 0;
  }

  /** All that wait and that the filters choose. */
  async all(): Promise<void> {
    if (this.running) return;
    this.reset();
    this.running = true;
    this.of = this.#quarantine.overview?.waiting ?? 0;
    // One moment for all steps: what comes meanwhile is not of them.
    const { counts } = askedOf(this.#quarantine.filters, Date.now());
    const asked = { ...counts, to: new Date().toISOString() };
    let total = NOTHING;
    try {
      for (let after: string | null = null; !this.stopped; ) {
        const step: Replayed = await replayMany(asked, STEP, after);
        total = sum(total, step);
        this.outcome = total;
        this.looked = Math.min(this.of, this.looked + STEP);
        if (step.next === null) break;
        after = step.next;
      }
    } catch {
      this.failed = true;
    } finally {
      this.running = false;
      await this.#quarantine.load();
    }
  }

  stop(): void {
    this.stopped = true;
  }

  replay(item: QuarantineItem): Promise<void> {
    return this.#act(item, async () => {
      await replayItem(item.id);
      return 'replayed';
    });
  }

  dismiss(item: QuarantineItem): Promise<void> {
    return this.#act(item, async () => {
      await dismissItem(item.id);
      return 'dismissed';
    });
  }

  async #act(item: QuarantineItem, act: () => Promise<ItemOutcome>): Promise<void> {
    if (this.running) return;
    this.running = true;
    this.one = null;
    let outcome: ItemOutcome = 'failed';
    try {
      outcome = await act();
    } catch (error) {
      if (error instanceof Refused) outcome = error.code ?? 'gone';
    }
    this.running = false;
    await Promise.all([this.#quarantine.show(item), this.#quarantine.load()]);
    this.one = outcome;
  }
}

const sum = (a: Outcome, b: Outcome): Outcome => ({
  replayed: a.replayed + b.replayed,
  messages: a.messages + b.messages,
  refused: a.refused + b.refused,
  refusals: [...a.refusals, ...b.refusals].slice(0, 100),
});
