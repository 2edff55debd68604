import type { LEVELS } from '../../model/level.ts';
import { isSpread, type Spread, spreadOf, type Values } from './spread.ts';
import type { Fact } from './tiles/facts.ts';

/** How many devices are drawn in which way beside the levels of those that report; each as the map draws it. */
export interface MarkCounts {
  /** With a value that is of the past. */
  readonly silent: number;
  readonly offline: number;
  /** Without a value, and with one that is kept from whoever asks. */
  readonly empty: number;
  readonly hidden: number;
  readonly stale: number;
  readonly doubtful: number;
  readonly quarantined: number;
}

/** How the devices that report a figure stand. */
export interface FigureCounts {
  readonly levels: Record<(typeof LEVELS)[number] | 'none', number>;
  /** Of the values without a level; null where there are none. */
  readonly spread: Spread | null;
}

interface Figure {
  readonly levels: FigureCounts['levels'];
  readonly values: Values;
}

/** Counts devices by how the map draws them. */
export class Drawn {
  readonly marks = { silent: 0, offline: 0, empty: 0, hidden: 0 };
  readonly #figures = new Map<string, Figure>();

  /** `seen`: whether it is in view; where it is not, only what values there are is noted. */
  add(fact: Fact, seen: boolean): void {
    const { condition, reading, hidden } = fact;
    if (isSpread(fact) && reading) {
      const { values } = this.#figure(reading.metric);
      values.all.push(reading.value);
      if (seen) values.seen.push(reading.value);
    }
    if (!seen) return;
    if (hidden) this.marks.hidden += 1;
    else if (!reading) this.marks.empty += 1;
    else if (condition === 'live') this.#figure(reading.metric).levels[reading.level ?? 'none'] += 1;
    else this.marks[condition === 'offline' ? 'offline' : 'silent'] += 1;
  }

  figures(): ReadonlyMap<string, FigureCounts> {
    return new Map(
      [...this.#figures].map(([metric, { levels, values }]) => [
        metric,
        { levels, spread: values.all.length > 0 ? spreadOf(values) : null },
      ]),
    );
  }

  #figure(metric: string): Figure {
    let figure = this.#figures.get(metric);
    if (!figure) {
      figure = { levels: { good: 0, fair: 0, poor: 0, severe: 0, none: 0 }, values: { all: [], seen: [] } };
      this.#figures.set(metric, figure);
    }
    return figure;
  }
}
