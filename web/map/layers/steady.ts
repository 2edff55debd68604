import type { ExpressionSpecification, Map as MapLibreMap } from 'maplibre-gl';
import type { Mark } from '../../state/mark.ts';
import { Slices } from '../slices.ts';
import { setData } from './source.ts';

/** Marks whose look is changed before one picture: a few milliseconds' work. */
const SLICE = 1_500;
const FLAGS = ['faded', 'hidden', 'stale', 'doubtful', 'quarantined'] as const;

/** What may change about a mark while it stays where it is: read by the expressions below. */
const stateOf = ({ tone, faded, hidden, stale, doubtful, quarantined, condition }: Mark) => ({
  ...{ tone, faded, hidden, stale, doubtful, quarantined },
  offline: condition === 'offline',
});

/** The same as one text. */
function lookOf(mark: Mark): string {
  let look: string = mark.tone;
  for (const flag of FLAGS) look += mark[flag] ? '1' : '0';
  return mark.condition === 'offline' ? `${look}o` : look;
}

/** The same as properties of a feature; what is not so is left out. */
export function bakedOf(mark: Mark): Record<string, string | boolean> {
  const baked: Record<string, string | boolean> = { tone: mark.tone };
  for (const flag of FLAGS) if (mark[flag]) baked[flag] = true;
  if (mark.condition === 'offline') baked.offline = true;
  return baked;
}

// What was told of a mark since its feature was made wins over what the feature has.
export const tone: ExpressionSpecification = ['coalesce', ['feature-state', 'tone'], ['get', 'tone'], 'none'];
const flag = (name: string): ExpressionSpecification => ['boolean', ['feature-state', name], ['get', name], false];
export const faded = flag('faded');
export const hidden = flag('hidden');
export const stale = flag('stale');
export const offline = flag('offline');
export const doubtful = flag('doubtful');
export const quarantined = flag('quarantined');

/** How a source of marks that stand still is made. */
export interface SteadyOptions {
  /** `moved`: others than before, or elsewhere. */
  features(marks: readonly Mark[], moved: boolean): GeoJSON.Feature[];
  /** Whether the features have what `bakedOf` tells. */
  readonly baked?: boolean;
  /** Ids of the marks that are drawn for themselves; null or absent: all are. */
  alone?(): ReadonlySet<string> | null;
}

/**
 * Keeps a source of marks that stand still: its features are set anew only when a mark came, went or moved, and what
 * changes all the time goes by feature state. Thousands of new values are then cheap: no geometry is worked through.
 * What MapLibre holds as feature state it works through for every tile that comes: only what is drawn for itself is told.
 */
export class SteadySource {
  readonly #map: MapLibreMap;
  readonly #source: string;
  readonly #options: SteadyOptions;
  readonly #placed = new Map<string, Mark['geometry']>();
  /** How each looks by its feature, and by what was told since. */
  #baked: ReadonlyMap<string, string> = new Map();
  readonly #told = new Map<string, string>();
  #marks: readonly Mark[] = [];
  readonly #slices = new Slices<Mark>(SLICE, (marks) => this.#tell(marks));

  constructor(map: MapLibreMap, source: string, options: SteadyOptions) {
    this.#map = map;
    this.#source = source;
    this.#options = options;
  }

  /** Takes the marks, sets them anew where it is told to or one moved, and says whether it did. */
  update(marks: readonly Mark[], anew = false): boolean {
    this.#marks = marks;
    const placed = this.#placed;
    const moved = marks.length !== placed.size || marks.some((mark) => placed.get(mark.device.id) !== mark.geometry);
    if (moved || anew) {
      placed.clear();
      for (const { device, geometry } of marks) placed.set(device.id, geometry);
      if (this.#options.baked) this.#baked = new Map(marks.map((mark) => [mark.device.id, lookOf(mark)]));
      setData(this.#map, this.#source, this.#options.features(marks, moved));
    }
    this.look();
    return moved || anew;
  }

  /** Tells the map of those that look otherwise than it knows; to be called when others than before are drawn for themselves. */
  look(): void {
    const alone = this.#options.alone?.() ?? null;
    this.#slices.put(
      this.#marks.filter((mark) => {
        const { id } = mark.device;
        if (alone !== null && !alone.has(id)) return false;
        return (this.#told.get(id) ?? this.#baked.get(id)) !== lookOf(mark);
      }),
    );
  }

  stop(): void {
    this.#slices.stop();
  }

  #tell(marks: readonly Mark[]): void {
    if (this.#map.getSource(this.#source) === undefined) return;
    for (const mark of marks) {
      this.#told.set(mark.device.id, lookOf(mark));
      this.#map.setFeatureState({ source: this.#source, id: mark.device.id }, stateOf(mark));
    }
  }
}
