import { cellToLatLng } from 'h3-js';
import { LRUCache } from 'lru-cache';
import type { Area } from '../model/area.ts';
import type { Position } from '../model/geometry.ts';
import { approximateWards } from '../model/places/cells.ts';
import { CITY } from '../model/places/city.ts';
import { createLocator } from '../model/places/locate.ts';
import type { Registry } from '../storage/registry/port.ts';

/** Imported areas are looked for again after this many ms: an import by another process shows soon. */
const KEEP_MS = 10_000;

/** The city's areas: what the operator imported; until then its outline and wards as far as their points tell. */
export interface Areas {
  all(): Promise<readonly Area[]>;
  /** Whether a position lies in the area; undefined where there is no such area. */
  contains(id: string): Promise<((position: Position) => boolean) | undefined>;
  wards(): Promise<Wards>;
}

export interface Wards {
  readonly areas: readonly Area[];
  /** The ward a position lies in. */
  readonly wardOf: (position: Position) => string | undefined;
  /** The ward an H3 cell's centre lies in. */
  readonly wardIn: (cell: string) => string | undefined;
  /** Whether they are not surveyed ones. */
  readonly approximate: boolean;
}

/** Cells whose ward is remembered: what moves comes by the same ones again and again. */
const CELLS_KEPT = 50_000;

function wardsOf(areas: readonly Area[]): Wards {
  const locate = createLocator(areas);
  const cells = new LRUCache<string, { readonly ward: string | undefined }>({
    max: CELLS_KEPT,
    memoMethod: (cell) => {
      const [lat, lon] = cellToLatLng(cell);
      return { ward: locate([lon, lat])?.id };
    },
  });
  return {
    areas,
    wardOf: (position) => locate(position)?.id,
    wardIn: (cell) => cells.memo(cell).ward,
    approximate: areas.some((area) => area.approximate),
  };
}

export function createAreas(registry: Pick<Registry, 'areas'>): Areas {
  const imported = new LRUCache<'areas', { wards: Wards; cities: readonly Area[] }>({
    max: 1,
    ttl: KEEP_MS,
    fetchMethod: async () => {
      const areas = await registry.areas();
      const surveyed = areas.filter((area) => area.level === 'ward');
      const cities = areas.filter((area) => area.level === 'city');
      return {
        wards: surveyed.length > 0 ? wardsOf(surveyed) : approximate(),
        cities: cities.length > 0 ? cities : [CITY],
      };
    },
  });
  let built: Wards | undefined;
  function approximate(): Wards {
    built ??= wardsOf(approximateWards());
    return built;
  }
  const current = () => imported.forceFetch('areas');

  return {
    async all() {
      const { wards, cities } = await current();
      return [...cities, ...wards.areas];
    },
    async contains(id) {
      const { wards, cities } = await current();
      if (wards.areas.some((area) => area.id === id)) return (position) => wards.wardOf(position) === id;
      const city = cities.find((area) => area.id === id);
      if (!city) return undefined;
      const locate = createLocator([city]);
      return (position) => locate(position) !== undefined;
    },
    async wards() {
      return (await current()).wards;
    },
  };
}
