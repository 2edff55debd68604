import { Area } from '../../model/area.ts';
import { fold } from '../../model/fold.ts';
import { CITY } from '../../model/places/city.ts';
import { WARDS } from '../../model/places/wards.ts';
import type { Fault } from './fault.ts';
import type { InputFeature } from './geojson.ts';

type Level = Area['level'];
type Properties = Readonly<Record<string, unknown>>;

/** What an area is called by its feature. */
export interface Identity extends Pick<Area, 'id' | 'kind' | 'name' | 'population'> {}

const AreaId = Area.shape.id;
/** Members that give a name in Vietnamese and in English, the surest first: OpenStreetMap's, then those of other files. */
const NAMES = {
  vi: ['name:vi', 'name', 'official_name:vi', 'official_name', 'name_vi', 'ten', 'NAME'],
  en: ['name:en', 'official_name:en', 'name_en'],
} as const;
const LONGEST_NAME = 200;
/** What stands before the name of a ward, and of a commune or what has become one. */
const PREFIX = { ward: /^phường\s+/i, commune: /^(xã|thị trấn|đặc khu)\s+/i } as const;
const KINDS: ReadonlyMap<string, Area['kind']> = new Map([
  ...['ward', 'phuong', 'p'].map((word) => [word, 'ward'] as const),
  ...['commune', 'xa', 'x', 'thi tran'].map((word) => [word, 'commune'] as const),
]);

interface Known {
  readonly id: string;
  readonly en: string;
}
/** By name: an area that the city knew before keeps its id, and with it every link to it. */
const KNOWN: Readonly<Record<Level, ReadonlyMap<string, Known>>> = {
  ward: new Map(WARDS.map(([id, , vi, en]) => [fold(vi), { id, en }])),
  city: new Map(Object.values(CITY.name).map((name) => [fold(name), { id: CITY.id, en: CITY.name.en }])),
};

function text(properties: Properties, members: readonly string[]): string | undefined {
  const found = members
    .map((member) => properties[member])
    .find((value) => typeof value === 'string' && value.trim() !== '');
  return typeof found === 'string' ? found.normalize('NFC').trim() : undefined;
}

function kindOf(properties: Properties, level: Level, name: string): Area['kind'] {
  if (level === 'city') return 'city';
  const said = text(properties, ['kind', 'admin_type', 'loai', 'type']);
  const kind = said === undefined ? undefined : KINDS.get(fold(said));
  return kind ?? (PREFIX.commune.test(name) || /\bcommune$/i.test(name) ? 'commune' : 'ward');
}

/** Where no English name is given: `Phường Ba Đình` is `Ba Đình Ward`. */
function english(name: string): string {
  if (PREFIX.ward.test(name)) return `${name.replace(PREFIX.ward, '')} Ward`;
  return /^xã\s+/i.test(name) ? `${name.replace(/^xã\s+/i, '')} Commune` : name;
}

const slug = (name: string): string =>
  fold(name)
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 64)
    .replace(/-+$/, '');

/** A given id where it is one of ours, else the one the city knew the area by, else one made of its name. */
function idOf({ id, properties }: InputFeature, known: Known | undefined, name: string): string | undefined {
  const given = [properties?.id, id, properties?.ref].find((value) => AreaId.safeParse(value).success);
  if (typeof given === 'string') return given;
  const bare = name.replace(PREFIX.ward, '').replace(PREFIX.commune, '');
  return known?.id ?? [slug(bare), slug(name)].find((each) => AreaId.safeParse(each).success);
}

/** A whole number, also written as text, which is how OpenStreetMap has it. Undefined where it is none. */
function populationOf(value: unknown): number | null | undefined {
  if (value === undefined || value === null || value === '') return null;
  const number = typeof value === 'string' && /^\d{1,12}$/.test(value.trim()) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0 ? number : undefined;
}

/** Id, kind, names and people of a feature, or what is missing. Paths are below the feature. */
export function identify(feature: InputFeature, level: Level): Identity | readonly Fault[] {
  const properties = feature.properties ?? {};
  const vi = text(properties, NAMES.vi) ?? text(properties, NAMES.en);
  if (vi === undefined)
    return [{ path: 'properties.name', message: 'an area needs a name: name, name:vi or official_name' }];
  const known = KNOWN[level].get(fold(vi));
  const en = text(properties, NAMES.en) ?? known?.en ?? english(vi);
  const faults: Fault[] = [];
  if (vi.length > LONGEST_NAME || en.length > LONGEST_NAME)
    faults.push({ path: 'properties.name', message: `a name has at most ${LONGEST_NAME} characters` });
  const population = populationOf(properties.population);
  if (population === undefined) faults.push({ path: 'properties.population', message: 'not a whole number of people' });
  const id = idOf(feature, known, vi);
  if (id === undefined)
    faults.push({ path: 'properties.id', message: 'no id can be made of the name: give one of a-z, 0-9 and -' });
  if (faults.length > 0 || id === undefined || population === undefined) return faults;
  return { id, kind: kindOf(properties, level, vi), name: { vi, en }, population };
}
