import type { Area } from '../../model/area.ts';
import { type Geometry, type Position, representative } from '../../model/geometry.ts';
import { createLocator } from '../../model/places/locate.ts';
import type { AreaView } from '../api/shapes.ts';

/** A ward with its polygon, and what must stand beside it. */
export type Ward = Area & Pick<AreaView, 'attribution'>;

const isWard = (area: AreaView): area is Ward => area.level === 'ward' && area.geometry !== undefined;

/** The wards of the city: their names, people and polygons. */
export class AreaStore {
  wards: readonly Ward[] = $state.raw([]);
  readonly #byId = $derived(new Map(this.wards.map((ward) => [ward.id, ward])));
  readonly #locate = $derived(createLocator(this.wards));
  // By geometry: it stays the same object for as long as a device stays where it is.
  readonly #where = $derived.by(() => {
    void this.wards;
    return new WeakMap<Geometry, string>();
  });

  /** Takes what `GET /api/v1/areas` answered, polygons and all. */
  load(areas: readonly AreaView[]): void {
    this.wards = areas.filter(isWard);
  }

  get(id: string): Ward | undefined {
    return this.#byId.get(id);
  }

  /** The id of the ward that a position lies in. */
  at(position: Position): string | undefined {
    return this.#locate(position)?.id;
  }

  /** The id of the ward that a geometry is counted to: the one its representative point lies in. */
  of(geometry: Geometry | null): string | undefined {
    if (geometry === null) return undefined;
    const known = this.#where.get(geometry);
    if (known !== undefined) return known === '' ? undefined : known;
    const found = this.at(representative(geometry));
    this.#where.set(geometry, found ?? '');
    return found;
  }

  /** Whether the polygons are cells drawn around points: it must be said wherever they are shown. */
  readonly approximate: boolean = $derived(this.wards.some(({ approximate }) => approximate));
}
