import { held, type Range, type RangeChoice, rangeOf, readChoice, SPANS, USUAL, writeChoice } from '../chart/range.ts';
import { changeAddress } from './address.ts';

/** A chart that follows the present is read anew so many times while its span passes, within these bounds in ms. */
const READINGS = 240;
const [SOONEST, LATEST] = [15_000, 60_000];

/** What a range of time needs to know of the page; moments in ms. */
export interface RangeSources {
  /** The time it is. */
  wall(): number;
  /** The moment of the past that the city is shown at, null while it is shown as it is. */
  moment(): number | null;
}

/** The range of time that charts show, the same in every one; it is in the page's address. */
export class ChartRange {
  readonly #sources: RangeSources;
  choice: RangeChoice = $state.raw(USUAL);
  readonly #every = $derived(
    typeof this.choice === 'string' ? Math.min(LATEST, Math.max(SOONEST, SPANS[this.choice] / READINGS)) : LATEST,
  );
  /** The time until which a chart has been read, ms: it stands still between two readings. */
  readonly now: number = $derived.by(() => Math.floor(this.#sources.wall() / this.#every) * this.#every);
  readonly range: Range = $derived.by(() => rangeOf(this.choice, this.now, this.#sources.moment()));

  constructor(sources: RangeSources) {
    this.#sources = sources;
    this.read();
  }

  /** Takes over what the address says: at the start, and when the reader goes back or forth. */
  read(): void {
    this.choice = readChoice(new URLSearchParams(window.location.search).get('chart')) ?? USUAL;
  }

  choose(choice: RangeChoice): void {
    this.choice = choice;
    changeAddress({ chart: choice === USUAL ? null : writeChoice(choice) });
  }

  /** Shows just this range, as near to it as a chart can. */
  zoom(range: Range): void {
    this.choose(held(range, this.#sources.wall()));
  }
}
