import type { Text } from '../../model/text.ts';
import type { Shape } from '../map/shape.ts';
import type { CatalogueStore } from './catalogue.svelte.ts';
import { type Figure, figureOf } from './figure.ts';
import type { Mark } from './mark.ts';
import { bandsOf, type Scale, type Tone } from './scale.ts';

/** A kind of device as the legend shows it. */
export interface LegendKind {
  readonly id: string;
  readonly name: Text;
  readonly shape: Shape;
}

/** The kinds that one figure colours, and how. */
export interface LegendGroup {
  readonly figure: Figure;
  readonly kinds: readonly LegendKind[];
  /** Undefined where the figure has no bands and no classes were made: its colour says nothing. */
  readonly scale: Scale | undefined;
}

/** What the legend is of. */
export interface LegendAsked {
  /** Null: all domains. */
  readonly domain: string | null;
  /** Null: the headline of each kind. */
  readonly chosen: Figure | null;
  readonly scales: ReadonlyMap<string, Scale>;
}

/** The groups of the legend, one for each figure that colours some kind. */
export function legendOf(catalogue: CatalogueStore, { domain, chosen, scales }: LegendAsked): readonly LegendGroup[] {
  const groups = new Map<string, { figure: Figure; kinds: LegendKind[]; scale: Scale | undefined }>();
  for (const row of catalogue.domains) {
    const { id } = row;
    if (domain !== null && id !== domain) continue;
    for (const kind of catalogue.listed(row)) {
      const figure = figureOf(kind, chosen, catalogue);
      if (figure === undefined) continue;
      const scale = bandsOf(figure) ?? scales.get(figure.id);
      const group = groups.get(figure.id) ?? { figure, kinds: [], scale };
      group.kinds.push({ id: `${id}/${kind.id}`, name: kind.name, shape: catalogue.shape(id, kind.id) });
      groups.set(figure.id, group);
    }
  }
  return [...groups.values()];
}

/** How many of the devices that are shown are drawn in which way; each counts once. */
export interface LegendCounts {
  /** Those that report, by the id of the figure that colours them and by tone. */
  readonly byFigure: ReadonlyMap<string, ReadonlyMap<Tone, number>>;
  /** The same over all figures. */
  readonly tones: ReadonlyMap<Tone, number>;
  /** Whose last value is of the past: silent, and known to be gone. */
  readonly silent: number;
  readonly offline: number;
  /** Of those that report: whose value shown is old. */
  readonly stale: number;
  /** Of those that report: whose device doubts the value shown. */
  readonly doubtful: number;
  /** Of all of them: with messages that could not be stored. */
  readonly quarantined: number;
  /** Without a value. */
  readonly empty: number;
  /** Whose value is kept from who reads. */
  readonly hidden: number;
  readonly simulated: number;
  readonly real: number;
}

export function countMarks(marks: readonly Mark[]): LegendCounts {
  const byFigure = new Map<string, Map<Tone, number>>();
  const tones = new Map<Tone, number>();
  const add = (counts: Map<Tone, number>, tone: Tone) => counts.set(tone, (counts.get(tone) ?? 0) + 1);
  const rest = { silent: 0, offline: 0, stale: 0, doubtful: 0, quarantined: 0, empty: 0, hidden: 0 };
  for (const { headline, tone, faded, hidden, condition, stale, doubtful, quarantined } of marks) {
    if (stale) rest.stale += 1;
    if (doubtful) rest.doubtful += 1;
    if (quarantined) rest.quarantined += 1;
    if (hidden) rest.hidden += 1;
    else if (tone === 'none') rest.empty += 1;
    else if (faded) rest[condition === 'offline' ? 'offline' : 'silent'] += 1;
    else {
      const own = byFigure.get(headline?.id ?? '') ?? new Map<Tone, number>();
      add(own, tone);
      byFigure.set(headline?.id ?? '', own);
      add(tones, tone);
    }
  }
  const simulated = marks.filter(({ device }) => device.simulated).length;
  return { byFigure, tones, ...rest, simulated, real: marks.length - simulated };
}
