import type { ExpressionSpecification } from 'maplibre-gl';

/** Tiles come several at once: they are looked at together, ms. */
const LOOK_MS = 60;
const SINGLE: ExpressionSpecification = ['!', ['has', 'point_count']];

type Heard = (event: { readonly sourceId?: string }) => void;

/** What is asked of a map: a part of MapLibre's. */
export interface GroupingMap {
  on(type: 'sourcedata' | 'moveend', heard: Heard): unknown;
  off(type: 'sourcedata' | 'moveend', heard: Heard): unknown;
  getSource(id: string): object | undefined;
  querySourceFeatures(
    source: string,
    options: { filter: ExpressionSpecification },
  ): readonly { readonly properties: Readonly<Record<string, unknown>> | null }[];
}

/** Which features of a source that groups them are drawn for themselves, as far as they are in view. */
export class Alone {
  readonly #map: GroupingMap;
  readonly #source: string;
  readonly #changed: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Null: none are grouped. */
  ids: ReadonlySet<string> | null = null;

  /** `changed` is called when others than before are. */
  constructor(map: GroupingMap, source: string, changed: () => void) {
    this.#map = map;
    this.#source = source;
    this.#changed = changed;
    map.on('sourcedata', this.#heard);
    map.on('moveend', this.#look);
  }

  /** Whether the source groups at all: only then some are hidden in others. */
  set grouped(grouped: boolean) {
    if (grouped === (this.ids !== null)) return;
    this.ids = grouped ? new Set() : null;
    if (grouped) this.#look();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#map.off('sourcedata', this.#heard);
    this.#map.off('moveend', this.#look);
  }

  readonly #heard: Heard = ({ sourceId }) => {
    if (sourceId === this.#source) this.#look();
  };

  readonly #look = (): void => {
    if (this.ids === null) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      if (this.ids === null || this.#map.getSource(this.#source) === undefined) return;
      const found = this.#map.querySourceFeatures(this.#source, { filter: SINGLE });
      this.ids = new Set(found.map(({ properties }) => String(properties?.id)));
      this.#changed();
    }, LOOK_MS);
  };
}
