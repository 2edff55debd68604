import type { ExpressionSpecification, GeoJSONSourceSpecification, Map as MapLibreMap } from 'maplibre-gl';
import { LEVELS, type Level } from '../../../model/level.ts';
import type { Mark } from '../../state/mark.ts';
import { STEPS, type Tone } from '../../state/scale.ts';
import { part } from '../overlays.ts';
import type { Palette } from '../palette.ts';
import { NAME_FONT } from '../style.ts';
import { addClusterRings, RING_PARTS } from './cluster-rings.ts';
import { colourBy } from './paint.ts';
import { addRings } from './ring.ts';

const LAYERS = ['disc', 'ring', 'count', 'worst', 'sign'] as const;
export const clusterLayers = (id: string): readonly string[] => LAYERS.map((layer) => `${id}-${layer}`);
export const CLUSTER_LAYERS = clusterLayers('clusters');
/** What a pointer hits. */
export const CLUSTER_DISC = 'clusters-disc';
/** Pixels within which marks are drawn as one. */
export const CLUSTER_RADIUS = 38;

/** Tones in the order in which one stands for all of a cluster: the worst level, or the highest step. */
const RANKED: readonly Tone[] = ['none', 'unrated', ...STEPS, ...LEVELS];
const RANK: ReadonlyMap<Tone, number> = new Map(RANKED.map((tone, rank) => [tone, rank]));

/** The form that tells a level beside its colour, in clusters and their legend. */
export const LEVEL_SHAPES = {
  good: 'circle',
  fair: 'square',
  poor: 'triangle',
  severe: 'spark',
} as const satisfies Record<Level, string>;

/**
 * What a cluster adds up of one of its devices; what does not report now has no level and no value. What would be 0 is left
 * out: thousands are told to the map again and again.
 */
export function tallied(mark: Mark): Record<string, number> {
  const { tone, faded, hidden, reading, device, doubtful, quarantined } = mark;
  const tally: Record<string, number> = {};
  if (faded) tally.silent = 1;
  if (device.simulated) tally.feigned = 1;
  if (doubtful) tally.doubted = 1;
  if (quarantined) tally.refused = 1;
  if (faded || hidden || reading === undefined) return tally;
  tally.rank = RANK.get(tone) ?? 0;
  tally.measured = 1;
  tally.value = reading.value;
  const level = LEVELS.find((each) => each === tone);
  if (level !== undefined) tally[level] = 1;
  return tally;
}

const SUMS = ['silent', 'feigned', 'doubted', 'refused', 'measured', 'value', ...LEVELS] as const;

/** How MapLibre adds the devices of a cluster up. */
export const clusterProperties: NonNullable<GeoJSONSourceSpecification['clusterProperties']> = {
  rank: ['max', ['coalesce', ['get', 'rank'], 0]],
  ...Object.fromEntries(SUMS.map((name) => [name, ['+', ['coalesce', ['get', name], 0]]])),
};

/** What a cluster holds, as `clusterProperties` adds it up. */
export interface ClusterFigures {
  readonly id: number;
  readonly devices: number;
  readonly worst: Tone;
  readonly silent: number;
  readonly simulated: number;
  /** Whose device doubts the value. */
  readonly doubtful: number;
  readonly quarantined: number;
  readonly levels: ReadonlyMap<Level, number>;
  /** Of the devices that report now; null where none does. */
  readonly mean: number | null;
  readonly sum: number;
}

/** Reads what MapLibre answers of a feature; undefined where it is no cluster. */
export function clusterOf(properties: Readonly<Record<string, unknown>>): ClusterFigures | undefined {
  const read = (name: string): number => {
    const value = properties[name];
    return typeof value === 'number' ? value : 0;
  };
  if (properties.cluster !== true) return undefined;
  const measured = read('measured');
  return {
    id: read('cluster_id'),
    devices: read('point_count'),
    worst: RANKED[read('rank')] ?? 'none',
    silent: read('silent'),
    simulated: read('feigned'),
    doubtful: read('doubted'),
    quarantined: read('refused'),
    levels: new Map(LEVELS.map((level) => [level, read(level)])),
    mean: measured === 0 ? null : read('value') / measured,
    sum: read('value'),
  };
}

/** What a cluster tells: how many devices it holds, or also what they measure together. */
export type ClusterTells = 'count' | 'mean' | 'sum';

/** Where clusters come from, and how what they hold is read. */
export interface ClusterSource {
  /** What the names of their layers begin with. */
  readonly id: string;
  readonly source: string;
  /** Of a source of tiles. */
  readonly layer?: string;
  readonly filter: ExpressionSpecification;
  readonly count: ExpressionSpecification;
  /** How many do not report now. */
  readonly silent: ExpressionSpecification;
  /** How many do and have a value, and the sum of those. */
  readonly measured: ExpressionSpecification;
  readonly sum: ExpressionSpecification;
  /** The tone that stands for all. */
  readonly worst: ExpressionSpecification;
  /** How many show a value that is in doubt, and have messages in the quarantine. */
  readonly doubtful: ExpressionSpecification;
  readonly quarantined: ExpressionSpecification;
}

/** The tone of a rank. */
const [LEAST = 'none', ...OTHERS] = RANKED;
const worst: ExpressionSpecification = [
  'match',
  ['get', 'rank'],
  0,
  LEAST,
  ...OTHERS.flatMap((tone, i): [number, string] => [i + 1, tone]),
  LEAST,
];

/** Clusters that MapLibre makes of a source of devices. */
export const groupedOf = (source: string): ClusterSource => ({
  id: 'clusters',
  source,
  filter: ['has', 'point_count'],
  count: ['get', 'point_count'],
  silent: ['get', 'silent'],
  measured: ['get', 'measured'],
  sum: ['get', 'value'],
  worst,
  doubtful: ['get', 'doubted'],
  quarantined: ['get', 'refused'],
});

/** What stands in a cluster: how many devices it holds, over them what they measure. */
export function clusterText(
  tells: ClusterTells,
  { count: devices, measured, sum }: Pick<ClusterSource, 'count' | 'measured' | 'sum'> = groupedOf(''),
): ExpressionSpecification {
  const count: ExpressionSpecification = ['to-string', devices];
  if (tells === 'count') return count;
  const value: ExpressionSpecification = tells === 'sum' ? sum : ['/', sum, measured];
  const text: ExpressionSpecification = [
    'case',
    ['>=', value, 10_000],
    ['concat', ['to-string', ['round', ['/', value, 1_000]]], 'k'],
    ['<', ['abs', value], 10],
    ['number-format', value, { 'max-fraction-digits': 1 }],
    ['to-string', ['round', value]],
  ];
  const both: ExpressionSpecification = ['format', text, {}, '\n', {}, ['concat', '×', count], { 'font-scale': 0.78 }];
  return ['case', ['>', measured, 0], both, count];
}

/** How large a cluster is drawn, by how many it holds. */
const bySizeOf =
  (count: ExpressionSpecification) =>
  (few: number, ten: number, hundred: number, most: number): ExpressionSpecification => [
    'interpolate',
    ['linear'],
    ['log10', count],
    ...[0.3, few, 1, ten, 2, hundred, 3.3, most],
  ];

/** The form of a level. */
const formOf = (tone: ExpressionSpecification): ExpressionSpecification => [
  'match',
  tone,
  'good',
  `shape-${LEVEL_SHAPES.good}`,
  ...LEVELS.flatMap((level): string[] => (level === 'good' ? [] : [level, `shape-${LEVEL_SHAPES[level]}`])),
  'shape-circle',
];

/** Clusters of a source: a ring in the colour of the worst, broken for the share that does not report, and a count. */
export function addClusters(map: MapLibreMap, palette: Palette, from: ClusterSource): void {
  addClusterRings(map);
  const { id, source, layer, filter, count, silent, worst: tone } = from;
  const bySize = bySizeOf(count);
  const live: ExpressionSpecification = ['-', 1, ['/', silent, count]];
  // Neither all nor none may be rounded to, where it is only nearly so.
  const parts: ExpressionSpecification = [
    'case',
    ['==', live, 1],
    RING_PARTS,
    ['==', live, 0],
    0,
    ['max', 1, ['min', RING_PARTS - 1, ['round', ['*', live, RING_PARTS]]]],
  ];
  const over = { 'icon-allow-overlap': true, 'icon-ignore-placement': true } as const;
  const common = { source, ...(layer && { 'source-layer': layer }), filter, ...part('devices', 'top') } as const;
  map.addLayer({
    ...common,
    id: `${id}-disc`,
    type: 'circle',
    paint: { 'circle-color': palette.outline, 'circle-radius': bySize(13, 16, 20, 25), 'circle-opacity': 0.94 },
  });
  map.addLayer({
    ...common,
    id: `${id}-ring`,
    type: 'symbol',
    layout: {
      ...over,
      'icon-image': ['concat', 'cluster-', ['to-string', parts]],
      'icon-size': bySize(0.65, 0.8, 1, 1.25),
    },
    paint: { 'icon-color': colourBy(tone, palette) },
  });
  map.addLayer({
    ...common,
    id: `${id}-count`,
    type: 'symbol',
    layout: {
      'text-field': clusterText('count', from),
      'text-font': NAME_FONT,
      'text-size': bySize(11, 12, 13, 15),
      'text-line-height': 1,
      'text-allow-overlap': true,
    },
    paint: { 'text-color': palette.ink },
  });
  map.addLayer({
    ...common,
    id: `${id}-worst`,
    type: 'symbol',
    filter: ['all', filter, ['in', tone, ['literal', [...LEVELS]]]],
    layout: {
      ...over,
      'icon-image': formOf(tone),
      'icon-size': 0.5,
      'icon-offset': shoulder(count),
    },
    paint: { 'icon-color': colourBy(tone, palette), 'icon-halo-color': palette.outline, 'icon-halo-width': 2 },
  });
  addSign(map, palette, from);
}

/** What is wrong with any of it, at the other shoulder: a warning of what waits in the quarantine, else a question mark. */
function addSign(map: MapLibreMap, palette: Palette, { id, source, layer, filter, ...from }: ClusterSource): void {
  addRings(map);
  const { count, doubtful, quarantined } = from;
  const warned: ExpressionSpecification = ['>', quarantined, 0];
  map.addLayer({
    id: `${id}-sign`,
    type: 'symbol',
    source,
    ...(layer && { 'source-layer': layer }),
    ...part('devices', 'top'),
    filter: ['all', filter, ['any', warned, ['>', doubtful, 0]]],
    layout: {
      'icon-image': ['case', warned, 'warning', 'doubt'],
      'icon-size': 1,
      // Each image has its sign at a shoulder of its own.
      'icon-offset': ['case', warned, beside(count, 1), beside(count, -1)],
      ...{ 'icon-allow-overlap': true, 'icon-ignore-placement': true },
    },
    paint: {
      'icon-color': ['case', warned, palette.warning, palette.ink],
      'icon-halo-color': ['case', warned, palette.outline, palette.halo],
      'icon-halo-width': 1.2,
    },
  });
}

/** So that a sign's image, 10 pixels off its middle, comes to stand at the lower right (1) or the upper left (-1) of the disc. */
function beside(count: ExpressionSpecification, side: 1 | -1): ExpressionSpecification {
  const at = (radius: number): ExpressionSpecification => {
    const far = radius * 0.7;
    return ['literal', side === 1 ? [far - 10, far + 11] : [10 - far, 11.5 - far]];
  };
  return ['step', count, at(14), 10, at(17), 100, at(21), 1_000, at(25)];
}

/** The shoulder of the disc, in pixels of the badge's own size. */
function shoulder(count: ExpressionSpecification): ExpressionSpecification {
  const at = (radius: number): ExpressionSpecification => ['literal', [radius * 1.42, -radius * 1.42]];
  return ['step', count, at(14), 10, at(17), 100, at(21), 1_000, at(25)];
}
