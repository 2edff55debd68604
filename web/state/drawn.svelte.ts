import { containedIn, isFault, readWithin, sizeOf, type Within, writeWithin } from '../../model/within.ts';
import { changeAddress } from './address.ts';

/** What `view.area` is while the panel of the drawn area is open: a ward's id in any other case. */
export const DRAWN = 'drawn';

/** The area that was drawn on the map: it narrows list and map, and has a profile of its own. In the page's address. */
export class Drawn {
  shape: Within | null = $state.raw(null);
  /** The area as the API takes it, null without one. */
  readonly text: string | null = $derived(this.shape && writeWithin(this.shape));
  /** Whether a position lies in it; null without one. */
  readonly contains = $derived(this.shape && containedIn(this.shape));
  /** Square metres. */
  readonly size: number = $derived(this.shape ? sizeOf(this.shape) : 0);

  constructor() {
    this.read();
  }

  /** Takes over what the address says; what is not understood counts as not given. */
  read(): void {
    const text = new URLSearchParams(window.location.search).get('within');
    const read = text === null ? null : readWithin(text);
    this.shape = read === null || isFault(read) ? null : read;
  }

  /** Replaces the area; null takes it off. Its positions are rounded, and nothing is wrong with it. */
  set(shape: Within | null): void {
    this.shape = shape;
    changeAddress({ within: this.text });
  }
}
