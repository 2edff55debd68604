import { SvelteMap } from 'svelte/reactivity';
import { ApiError } from '../api/client.ts';
import { fetchDevice } from '../api/series.ts';
import type { DeviceHit } from '../api/shapes.ts';
import { CHART_PALETTES, DASHES, LETTERS } from '../chart/colours.ts';
import { type ChartQuestion, resolutionOf } from '../chart/load.ts';
import { coarsest, type Resolution } from '../chart/resolution.ts';
import { ChartSeries } from '../chart/series.svelte.ts';
import type { PlotSeries } from '../chart/spec.ts';
import { type Point, pointAt, type Track } from '../chart/track.ts';
import { firstFigure } from '../state/choices.ts';
import type { City } from '../state/city.svelte.ts';
import type { Compared } from '../state/compare.svelte.ts';
import { comparable, figureOfDevice, type Member } from './member.ts';

/** A member with its series and how it is drawn. */
export interface Row extends Member {
  readonly letter: string;
  readonly stroke: string;
  readonly dash: readonly number[];
  readonly series: ChartSeries;
}

/** A row that has something to draw. */
export type Drawable = Row & { readonly figure: NonNullable<Row['figure']> };

type Known = Pick<Member, 'item' | 'device' | 'ward'>;

/** Whether two say the same of somebody, as far as a comparison tells it. */
function alike(a: Known, b: Known | undefined): boolean {
  if (b === undefined || a.item !== b.item || a.ward !== b.ward) return false;
  if (!a.device || !b.device) return a.device === b.device;
  const [one, other] = [a.device, b.device];
  return one.name === other.name && one.kind === other.kind && one.simulated === other.simulated;
}

const keyOf = ({ type, id }: Compared): string => `${type}:${id}`;

/** What the comparison shows: who is compared, by which figure, and their series on one grid. */
export class Comparison {
  readonly #city: City;
  readonly #devices = new SvelteMap<string, DeviceHit | null>();
  readonly #series = new Map<string, ChartSeries>();
  /** How wide a plot is, CSS pixels. */
  pixels: number = $state(600);

  #before: readonly Known[] = [];
  // The same array as before unless who is compared changes: what is drawn must not be drawn anew with every value.
  readonly #known: readonly Known[] = $derived.by(() => {
    const { compare, areas, devices } = this.#city;
    const known = compare.items.map((item): Known => {
      if (item.type === 'within') return { item, device: undefined, ward: undefined };
      if (item.type === 'area') return { item, device: undefined, ward: areas.get(item.id) };
      return { item, device: devices.get(item.id) ?? this.#devices.get(item.id), ward: undefined };
    });
    const { length } = this.#before;
    if (length !== known.length || !known.every((each, i) => alike(each, this.#before[i]))) this.#before = known;
    return this.#before;
  });
  readonly #hits = $derived(this.#known.flatMap(({ device }) => device ?? []));
  /** What there is to choose from. */
  readonly choices = $derived.by(() => {
    const wards = this.#known.some(({ item }) => item.type !== 'device');
    return comparable(this.#hits, wards, this.#city.catalogue);
  });
  /** The figure of wards: the chosen one, else the main one of the first device, else what the map's wards show. */
  readonly #ofWards = $derived.by(() => {
    const { catalogue, compare, wardsAsked, view } = this.#city;
    if (compare.metric !== null) return catalogue.figure(compare.metric);
    const [first] = this.#hits;
    const main = first && figureOfDevice(first, null, catalogue);
    return main ?? wardsAsked?.figure ?? firstFigure(catalogue, view.domain);
  });
  readonly rows: readonly Row[] = $derived.by(() => {
    const { catalogue, compare, preferences } = this.#city;
    const { series: strokes } = CHART_PALETTES[preferences.shown];
    const ofDevice = (device: Member['device']) =>
      device ? figureOfDevice(device, compare.metric, catalogue) : undefined;
    return this.#known.map((known, i) => ({
      ...known,
      figure: known.item.type !== 'device' ? this.#ofWards : ofDevice(known.device),
      letter: LETTERS[i] ?? '',
      stroke: strokes[i] ?? strokes[0],
      dash: DASHES[i] ?? [],
      series: this.#seriesOf(known.item),
    }));
  });
  readonly drawable: readonly Drawable[] = $derived(
    this.rows.flatMap((row) =>
      row.figure === undefined || this.#city.session.hides(row.figure.id) ? [] : [{ ...row, figure: row.figure }],
    ),
  );
  /** What all are read in: the coarsest that any of them needs. */
  readonly resolution: Resolution = $derived(coarsest(this.drawable.map((row) => resolutionOf(this.question(row)))));

  constructor(city: City) {
    this.#city = city;
  }

  #seriesOf(item: Compared): ChartSeries {
    const known = this.#series.get(keyOf(item));
    if (known !== undefined) return known;
    const made = new ChartSeries();
    this.#series.set(keyOf(item), made);
    return made;
  }

  /** What is asked of a row. */
  question({ item, figure }: Pick<Drawable, 'item' | 'figure'>): ChartQuestion {
    const { charts, preferences, view, catalogue } = this.#city;
    return {
      ...charts.range,
      subject: item,
      figure,
      now: charts.now,
      pixels: this.pixels,
      timezone: preferences.timezone,
      simulated: view.filters.simulated,
      intervalOf: (metric) => catalogue.metric(metric)?.interval ?? 60,
    };
  }

  /** Looks a device up that is not among those at hand, until the returned function is called. */
  lookUp(id: string): () => void {
    const stopped = new AbortController();
    fetchDevice(id, stopped.signal).then(
      (device) => this.#devices.set(id, device),
      (error) => {
        if (!stopped.signal.aborted && error instanceof ApiError) this.#devices.set(id, null);
      },
    );
    return () => stopped.abort();
  }
}

/** The point that a track has at a moment, or its last one. */
export const shownOf = (track: Track | undefined, at: number | null): Point | undefined =>
  track && (at === null ? track.points.findLast(({ quality }) => quality !== 'invalid') : pointAt(track, at));

/** What is drawn of rows that have been read. */
export const linesOf = (rows: readonly Drawable[], lettered: boolean): readonly PlotSeries[] =>
  rows.flatMap(({ series: { track }, stroke, dash, letter }) =>
    track === undefined ? [] : [{ track, stroke, dash, ...(lettered && { letter }) }],
  );
