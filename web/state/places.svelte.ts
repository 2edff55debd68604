import type { Place } from '../places/place.ts';
import { changeAddress } from './address.ts';

const PLACE = /^[a-z]+:[a-z0-9][a-z0-9-]{0,63}$/;

/** The places of the city, read when somebody looks for one, and the one that the map marks; it is in the address. */
export class PlaceStore {
  /** Empty until they are read. */
  all: readonly Place[] = $state.raw([]);
  /** The id of the marked one; null: none. */
  id: string | null = $state(null);
  /** Whether the map has yet to go to the marked one. */
  pending = $state(false);
  readonly marked: Place | undefined = $derived(
    this.id === null ? undefined : this.all.find(({ id }) => id === this.id),
  );
  #loading = false;

  constructor() {
    this.read();
    // A link says itself where its map looks; one by hand may leave that out.
    this.pending = this.id !== null && !window.location.hash.includes('map=');
  }

  /** Takes over what the address says. */
  read(): void {
    const given = new URLSearchParams(window.location.search).get('place');
    this.id = given !== null && PLACE.test(given) ? given : null;
    if (this.id !== null) this.load();
  }

  /** Reads the places, once; where it fails the next one who looks tries again. */
  load(): void {
    if (this.#loading) return;
    this.#loading = true;
    import('../places/rows.ts').then(
      ({ allPlaces }) => {
        this.all = allPlaces();
      },
      () => {
        this.#loading = false;
      },
    );
  }

  /** Marks a place, null none, and goes there; Back undoes it. */
  goTo(id: string | null): void {
    if (id !== null) this.load();
    // The same place again moves the map there again.
    this.pending = id !== null;
    if (id === this.id) return;
    this.id = id;
    changeAddress({ place: id }, 'push');
  }
}
