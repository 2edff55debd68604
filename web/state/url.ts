import { DEVICE_CONDITIONS, DEVICE_STATES, type DeviceCondition, type DeviceState } from '../../model/device.ts';
import { LEVELS, type Level } from '../../model/level.ts';
import { LANGUAGES, type Language } from '../../model/text.ts';
import { changeAddress, type Parameters, withParameters } from './address.ts';

export const THEMES = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

/** What a figure of a ward is taken over: so long until now, or the city's day so far. */
export const OVERS = ['PT15M', 'PT1H', 'today', 'P7D'] as const;
export type Over = (typeof OVERS)[number];

/** Whether simulated devices count, as the API says it. */
export const SIMULATED = ['include', 'exclude', 'only'] as const;
export type Simulated = (typeof SIMULATED)[number];

/** Which devices are shown; every one of them must hold. Named as the API names its filters. */
export interface Filters {
  readonly kind: string | null;
  readonly provider: string | null;
  /** None: any. */
  readonly conditions: readonly DeviceCondition[];
  /** None: any. */
  readonly levels: readonly Level[];
  /** The newest observation is at most so many seconds old. */
  readonly freshWithin: number | null;
  /** The ward a device stands in, or was last seen in. */
  readonly ward: string | null;
  readonly simulated: Simulated;
  /** Devices at work, or those that were retired: never both at once. */
  readonly state: DeviceState;
}

export const NO_FILTERS: Filters = {
  kind: null,
  provider: null,
  conditions: [],
  levels: [],
  freshWithin: null,
  ward: null,
  simulated: 'include',
  state: 'active',
};

/** What is open: one device, one ward, or nothing. */
export interface Selected {
  readonly device?: string;
  readonly area?: string;
}

/** Where the map looks, as MapLibre keeps it in the hash. */
export interface Camera {
  readonly zoom: number;
  readonly lat: number;
  readonly lon: number;
}

/** What of the page is in its address: a link shows another person the same thing. Null: not said. */
export interface UrlState {
  readonly language: Language | null;
  readonly theme: Theme | null;
  /** Null: all domains. */
  readonly domain: string | null;
  /** The metric that colours devices and wards; null: the headline of each kind. */
  readonly metric: string | null;
  readonly over: Over;
  /** Whether a ward's total is told for so many inhabitants. */
  readonly perInhabitants: boolean;
  /** What the list is narrowed to. */
  readonly search: string;
  readonly filters: Filters;
  readonly selected: Selected;
}

const MOST_CHARACTERS = 200;
const WEEK_SECONDS = 7 * 86_400;
const SLUG = /^[a-z0-9][a-z0-9-]{1,63}$/;
const METRIC = /^[a-z][a-z0-9_]{1,47}$/;
const CONTROL = /[\p{Cc}\p{Cs}]/u;

const one = <T extends string>(values: readonly T[], text: string | null): T | null =>
  values.find((known) => known === text) ?? null;
/** Those of the values that the comma-separated text names, in their own order. */
const some = <T extends string>(values: readonly T[], text: string | null): readonly T[] => {
  const named = new Set(text?.split(','));
  return values.filter((known) => named.has(known));
};
const like = (pattern: RegExp, text: string | null): string | null =>
  text !== null && pattern.test(text) ? text : null;

function seconds(text: string | null): number | null {
  const value = text === null || !/^\d{1,6}$/.test(text) ? 0 : Number(text);
  return value >= 1 && value <= WEEK_SECONDS ? value : null;
}

const words = (text: string | null): string =>
  text === null || text.length > MOST_CHARACTERS || CONTROL.test(text) ? '' : text;

function selected(query: URLSearchParams): Selected {
  const device = like(SLUG, query.get('device'));
  if (device !== null) return { device };
  const area = like(SLUG, query.get('area'));
  return area === null ? {} : { area };
}

/** Reads a query string; what is not understood counts as not given. */
export function readUrl(search: string): UrlState {
  const query = new URLSearchParams(search);
  return {
    language: one(LANGUAGES, query.get('lang')),
    theme: one(THEMES, query.get('theme')),
    domain: like(SLUG, query.get('domain')),
    metric: like(METRIC, query.get('metric')),
    over: one(OVERS, query.get('over')) ?? 'PT1H',
    perInhabitants: query.get('per') === 'inhabitants',
    search: words(query.get('q')),
    filters: {
      kind: like(SLUG, query.get('kind')),
      provider: like(SLUG, query.get('provider')),
      conditions: some(DEVICE_CONDITIONS, query.get('condition')),
      levels: some(LEVELS, query.get('level')),
      freshWithin: seconds(query.get('fresh_within')),
      ward: like(SLUG, query.get('ward')),
      simulated: one(SIMULATED, query.get('simulated')) ?? 'include',
      state: one(DEVICE_STATES, query.get('state')) ?? 'active',
    },
    selected: selected(query),
  };
}

const unless = <T extends string>(usual: T, value: T | undefined): T | null | undefined =>
  value === usual ? null : value;
const list = (values: readonly string[]): string | null => (values.length === 0 ? null : values.join(','));

/** The parameters that a change sets; null takes one out, undefined leaves it. */
function parameters(change: Partial<UrlState>): Parameters {
  const { language, theme, domain, metric, over, perInhabitants, search, filters, selected } = change;
  return {
    lang: language,
    theme,
    domain,
    metric,
    over: unless('PT1H', over),
    per: perInhabitants === undefined ? undefined : perInhabitants ? 'inhabitants' : null,
    q: unless('', search),
    ...(filters && {
      kind: filters.kind,
      provider: filters.provider,
      condition: list(filters.conditions),
      level: list(filters.levels),
      fresh_within: filters.freshWithin === null ? null : String(filters.freshWithin),
      ward: filters.ward,
      simulated: unless('include', filters.simulated),
      state: unless('active', filters.state),
    }),
    ...(selected && { device: selected.device ?? null, area: selected.area ?? null }),
  };
}

/** The query string with `change` in it; null takes a value out, and what is not ours stays. */
export const writeUrl = (search: string, change: Partial<UrlState>): string =>
  withParameters(search, parameters(change));

/** Reads where the map looks from the hash; null where it does not say so in full. */
export function readCamera(hash: string): Camera | null {
  const parts = (new URLSearchParams(hash.slice(1)).get('map') ?? '').split('/');
  const [zoom, lat, lon] = parts.map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  if (zoom === undefined || lat === undefined || lon === undefined) return null;
  const sound = zoom >= 0 && zoom <= 24 && Math.abs(lat) <= 90 && Math.abs(lon) <= 180;
  return sound ? { zoom, lat, lon } : null;
}

export const writeCamera = ({ zoom, lat, lon }: Camera): string => `#map=${zoom}/${lat}/${lon}`;

/** Puts a change into the address of the page: as a new entry of its history where Back should undo it. */
export const changeUrl = (change: Partial<UrlState>, history: 'push' | 'replace' = 'replace'): void =>
  changeAddress(parameters(change), history);
