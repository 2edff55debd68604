import { DEVICE_CONDITIONS } from '../../model/device.ts';
import { LEVELS } from '../../model/level.ts';
import type { MapSummary } from '../api/shapes.ts';
import type { Facets } from './filtering.ts';
import type { LegendCounts } from './legend.ts';
import { type Scale, type Tone, toneOf } from './scale.ts';

/** What of a view's summary is counted. */
export type View = Pick<MapSummary, 'devices' | 'simulated' | 'marks' | 'figures' | 'facets'>;
type Figure = View['figures'][number];
/** What a filter chooses between. */
export type FacetName = keyof NonNullable<View['facets']>;

const add = <K>(counts: Map<K, number>, key: K, more: number): void => {
  if (more > 0) counts.set(key, (counts.get(key) ?? 0) + more);
};

/** The tones of a figure: its levels, and what has none by the classes that the page has made of it. */
function tonesOf({ levels, spread }: Figure, scale: Scale | undefined): ReadonlyMap<Tone, number> {
  const tones = new Map<Tone, number>();
  for (const level of LEVELS) add(tones, level, levels[level]);
  let left = levels.none;
  if (spread !== null && scale?.by === 'classes')
    for (const [i, devices] of spread.devices.entries()) {
      add(tones, toneOf(scale, spread.bounds[i] ?? 0), devices);
      left -= devices;
    }
  add(tones, 'unrated', left);
  return tones;
}

const SUMS = ['silent', 'offline', 'stale', 'doubtful', 'quarantined', 'empty', 'hidden'] as const;

/** The counts of the legend, with what views of large domains hold. */
export function withViews(
  counts: LegendCounts,
  views: Iterable<View>,
  scales: ReadonlyMap<string, Scale>,
): LegendCounts {
  const byFigure = new Map([...counts.byFigure].map(([id, tones]) => [id, new Map(tones)]));
  const tones = new Map(counts.tones);
  const { silent, offline, stale, doubtful, quarantined, empty, hidden, simulated, real } = counts;
  const sums = { silent, offline, stale, doubtful, quarantined, empty, hidden };
  let [feigned, genuine] = [simulated, real];
  for (const view of views) {
    for (const name of SUMS) sums[name] += view.marks[name];
    feigned += view.simulated;
    genuine += view.devices - view.simulated;
    for (const figure of view.figures) {
      const own = byFigure.get(figure.metric) ?? new Map<Tone, number>();
      byFigure.set(figure.metric, own);
      for (const [tone, devices] of tonesOf(figure, scales.get(figure.metric))) {
        add(own, tone, devices);
        add(tones, tone, devices);
      }
    }
  }
  return { byFigure, tones, ...sums, simulated: feigned, real: genuine };
}

/** How many devices in view each choice of a filter would leave. */
export function choicesIn(views: Iterable<View>, name: FacetName): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { facets } of views)
    for (const choice of facets?.[name] ?? [])
      add(counts, 'id' in choice ? choice.id : String(choice.within), choice.devices);
  return counts;
}

/** Two counts of the same, added up. */
export function together<K>(a: ReadonlyMap<K, number>, b: ReadonlyMap<K, number>): ReadonlyMap<K, number> {
  const counts = new Map(a);
  for (const [key, more] of b) add(counts, key, more);
  return counts;
}

/** How many stand at each level and condition, with what views of large domains hold. */
export function facetsWith({ levels, conditions }: Facets, views: readonly View[]): Facets {
  const [standing, doing] = [choicesIn(views, 'levels'), choicesIn(views, 'conditions')];
  const of = <K extends string>(names: readonly K[], counts: ReadonlyMap<string, number>): ReadonlyMap<K, number> =>
    new Map(names.map((name) => [name, counts.get(name) ?? 0]));
  return {
    levels: together(levels, of(LEVELS, standing)),
    conditions: together(conditions, of(DEVICE_CONDITIONS, doing)),
  };
}

/** Values of figures without levels, as views of large domains tell them: what their classes are made of. */
export function valuesIn(views: Iterable<View>): ReadonlyMap<string, readonly number[]> {
  const values = new Map<string, readonly number[]>();
  for (const { figures } of views)
    for (const { metric, spread } of figures)
      if (spread !== null) values.set(metric, [...(values.get(metric) ?? []), ...spread.bounds]);
  return values;
}
