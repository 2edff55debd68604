import { BASE_MAPS, type BaseMapId } from '../../model/basemap.ts';
import { fetchBaseMap } from '../api/client.ts';
import type { BaseMapView } from '../api/shapes.ts';
import type { Credit } from '../map/ground/ground.ts';
import { changeAddress } from './address.ts';

const PARAMETER = 'base';

/** What the map is drawn on: as the reader chose it, else as the operator did, else the schematic. */
export class GroundChoice {
  #settings: BaseMapView = $state.raw({ base: 'schematic', pmtiles: null });
  #asked: BaseMapId | null = $state(null);
  /** Whether what was chosen did not come, so that the schematic is drawn in its place. */
  failed = $state(false);
  /** Who made what is drawn; nobody before it is. */
  credits: readonly Credit[] = $state.raw([]);

  /** Where the operator's file of tiles is, null without one. */
  readonly pmtiles: string | null = $derived(this.#settings.pmtiles);
  /** What can be chosen. */
  readonly offered: readonly BaseMapId[] = $derived(
    BASE_MAPS.filter((id) => id !== 'pmtiles' || this.#settings.pmtiles !== null),
  );
  readonly choice: BaseMapId = $derived(this.offered.find((id) => id === this.#asked) ?? this.#settings.base);
  /** What is to be drawn now. */
  readonly base: BaseMapId = $derived(this.failed ? 'schematic' : this.choice);

  constructor() {
    this.read();
  }

  /** Takes over what the address says. */
  read(): void {
    const asked = new URLSearchParams(window.location.search).get(PARAMETER);
    this.#asked = BASE_MAPS.find((id) => id === asked) ?? null;
  }

  /** Draws the map on another base; it is in the address, so that a link shows the same. */
  choose(base: BaseMapId): void {
    this.#asked = base;
    this.failed = false;
    changeAddress({ [PARAMETER]: base === this.#settings.base ? null : base });
  }

  /** Asks the city what it offers, and tries again what did not come once there is a network, until the returned function is called. */
  start(): () => void {
    const stopped = new AbortController();
    const ask = async () => {
      this.failed = false;
      this.#settings = await fetchBaseMap(stopped.signal);
    };
    const again = () => void ask().catch(() => {});
    again();
    window.addEventListener('online', again, { signal: stopped.signal });
    return () => stopped.abort();
  }
}
