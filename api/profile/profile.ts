import { LRUCache } from 'lru-cache';
import type { Area } from '../../model/area.ts';
import { instant } from '../../model/observation.ts';
import { CodedError } from '../../model/problem.ts';
import { sizeOf, type Within, writeWithin } from '../../model/within.ts';
import type { Aggregator } from '../aggregates/aggregate.ts';
import { byArea, WHOLE } from '../aggregates/grouping.ts';
import { countDevices } from '../city/devices.ts';
import type { SimulatedFilter } from '../query.ts';
import type { ReadServices } from '../services.ts';
import { figureOf } from './figure.ts';
import { createSheets, type SheetQuestion, type SheetRow } from './sheet.ts';
import type { ProfileView } from './view.ts';

/** What a profile is told of: one area, or one that was drawn. */
export interface ProfileQuestion {
  readonly area?: string | undefined;
  readonly within?: Within | undefined;
  readonly simulated: SimulatedFilter;
  /** Before when, ms; now where it is not given. */
  readonly to?: number | undefined;
}

/** How long one reading of the store serves all who ask, ms: the profiles of all wards cost as much as one. */
export const KEEP_MS = 15_000;
/** Questions whose figures are kept. */
const KEPT = 32;

/** Profiles of wards, of the city and of drawn areas. */
export interface Profiles {
  /** `shows` says which metrics may be read. Throws CodedError `invalid-request` for an area that is not there. */
  tell(question: ProfileQuestion, shows: (metric: string) => boolean): Promise<ProfileView>;
}

/** What the store told, and when it was asked. */
interface Kept {
  readonly time: number;
  readonly rows: readonly SheetRow[];
}

export function createProfiles(aggregator: Aggregator, services: ReadServices): Profiles {
  const { areas, catalogue, config, selector, now } = services;
  const { timezone } = config;
  const sheets = createSheets(aggregator, services);
  const kept = new LRUCache<string, Promise<Kept>>({ max: KEPT, ttl: KEEP_MS });

  /** The rows of a question; whoever asks the same meanwhile gets the same. What was unavailable is asked for anew. */
  function read(name: string, ask: (to: number) => Promise<SheetQuestion>, to: number | undefined): Promise<Kept> {
    const known = kept.get(name);
    if (known) return known;
    const time = now();
    const made = ask(to ?? time)
      .then(sheets)
      .then((rows) => ({ time, rows }));
    kept.set(name, made);
    const forget = () => {
      if (kept.peek(name) === made) kept.delete(name);
    };
    made.then(({ rows }) => {
      if (rows.some(({ unavailable }) => unavailable)) forget();
    }, forget);
    return made;
  }

  /** The area of an id; undefined where a drawn one was asked for. */
  async function areaOf(id: string | undefined): Promise<Area | undefined> {
    if (id === undefined) return undefined;
    const area = (await areas.all()).find((each) => each.id === id);
    if (!area) throw new CodedError('invalid-request', `area: there is no area ${id}`);
    return area;
  }

  return {
    async tell({ area: id, within, simulated, to }, shows) {
      const [area, wards] = await Promise.all([areaOf(id), areas.wards()]);
      const active = { simulated, state: 'active' } as const;
      // Wards are told of together: each is ranked among the others.
      const ward = area?.level === 'ward' ? area : undefined;
      const place = ward ? active : { ...active, area: id, within };
      const grouping = ward ? byArea(wards) : WHOLE;
      const ask = async (before: number) => ({ selection: await selector.select(place), grouping, to: before });
      const [{ time, rows }, here] = await Promise.all([
        read(JSON.stringify([place, to]), ask, to),
        selector.select({ ...active, area: id, within }),
      ]);

      const subject = {
        ...{ group: ward?.id ?? 'all', population: area?.population ?? null },
        among: ward ? wards.areas : undefined,
      };
      const open = rows.filter(({ metric }) => shows(metric));
      const domains = catalogue.domains.map((domain) => {
        const own = new Set([...domain.metrics, ...domain.derived].map((metric) => metric.id));
        const figures = open.filter(({ metric }) => own.has(metric)).map((row) => figureOf(row, subject, timezone));
        return { domain: domain.id, figures };
      });
      return {
        time: instant(time),
        area: area ? viewOf(area) : null,
        within: within ? writeWithin(within) : null,
        size: within ? sizeOf(within) : null,
        approximate: area?.approximate ?? false,
        devices: await countDevices(here, services),
        domains: domains.filter(({ figures }) => figures.length > 0),
        hidden: rows.length - open.length,
      };
    },
  };
}

const viewOf = ({ id, level, kind, name, population, approximate }: Area) => ({
  ...{ id, level, kind, name, population, approximate },
});
