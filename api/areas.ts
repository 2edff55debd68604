import { cellToLatLng } from 'h3-js';
import { LRUCache } from 'lru-cache';
import type { Area } from '../model/area.ts';
import type { Position } from '../model/geometry.ts';
import { approximateWards } from '../model/places/cells.ts';
import { CITY } from '../model/places/city.ts';
import { createLocator } from '../model/places/locate.ts';
import type { Bus } from '../storage/bus/port.ts';
import type { Registry } from '../storage/registry/port.ts';

/** Imported areas are looked for again after this many ms: an import by another process shows soon. */
const KEEP_MS = 30_000;

/** The city's areas: what the operator imported; until then its outline and wards as far as their points tell. */
export interface Areas {
  all(): Promise<readonly Area[]>;
  /** Whether a position lies in the area; undefined where there is no such area. */
  contains(id: string): Promise<((position: Position) => boolean) | undefined>;
  wards(): Promise<Wards>;
  close(): void;
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

/** The areas of all levels at one moment. */
interface Book {
  readonly wards: Wards;
  readonly cities: readonly Area[];
  /** By the city's id. */
  readonly inCity: ReadonlyMap<string, (position: Position) => boolean>;
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
  // By identity: the directory gives the same position of a device again and again.
  const known = new WeakMap<Position, { readonly ward: string | undefined }>();
  return {
    areas,
    wardOf(position) {
      let found = known.get(position);
      if (!found) {
        found = { ward: locate(position)?.id };
        known.set(position, found);
      }
      return found.ward;
    },
    wardIn: (cell) => cells.memo(cell).ward,
    approximate: areas.some((area) => area.approximate),
  };
}

/** Imported areas are read again when the bus says that they were changed. */
export function createAreas(registry: Pick<Registry, 'areas'>, bus: Bus): Areas {
  const books = new LRUCache<'book', Promise<Book>>({ max: 1, ttl: KEEP_MS });
  const unsubscribe = bus.subscribe('areas', () => books.clear());
  let built: Wards | undefined;
  function approximate(): Wards {
    built ??= wardsOf(approximateWards());
    return built;
  }

  async function read(): Promise<Book> {
    const areas = await registry.areas();
    const surveyed = areas.filter((area) => area.level === 'ward');
    const imported = areas.filter((area) => area.level === 'city');
    const cities = imported.length > 0 ? imported : [CITY];
    const inCity = cities.map((city) => {
      const locate = createLocator([city]);
      return [city.id, (position: Position) => locate(position) !== undefined] as const;
    });
    return { wards: surveyed.length > 0 ? wardsOf(surveyed) : approximate(), cities, inCity: new Map(inCity) };
  }

  function current(): Promise<Book> {
    const kept = books.get('book');
    if (kept) return kept;
    const book = read();
    books.set('book', book);
    book.catch(() => {
      if (books.peek('book') === book) books.delete('book');
    });
    return book;
  }

  return {
    async all() {
      const { wards, cities } = await current();
      return [...cities, ...wards.areas];
    },
    async contains(id) {
      const { wards, inCity } = await current();
      if (wards.areas.some((area) => area.id === id)) return (position) => wards.wardOf(position) === id;
      return inCity.get(id);
    },
    async wards() {
      return (await current()).wards;
    },
    close: unsubscribe,
  };
}
