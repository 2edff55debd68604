import type { AddLayerObject, ExpressionSpecification, Map as MapLibreMap } from 'maplibre-gl';
import type { LayerId, ShownLayer } from '../state/layers.svelte.ts';
import { FIRST_NAME, FIRST_WATER } from './style.ts';

/**
 * Where a part of a layer lies by itself: under water and roads, under the names, over everything. Borders lie as high
 * as `roads` and names as high as `top`, and do not lift what lies above their layer.
 */
export type Slot = 'ground' | 'roads' | 'top' | 'borders' | 'names';

interface Part {
  readonly overlay: LayerId;
  readonly slot: Slot;
}

/** To be spread into a MapLibre layer: which layer of the city it is a part of, and where that part lies. */
export const part = (overlay: LayerId, slot: Slot): { readonly metadata: Part } => ({ metadata: { overlay, slot } });

const HEIGHTS: Readonly<Record<Slot, number>> = { ground: 0, roads: 1, top: 2, borders: 1, names: 2 };
const lifts = (slot: Slot): boolean => slot !== 'borders' && slot !== 'names';

/** The end of what is arranged here: what others draw stays above it. */
export const OVERLAYS_END = 'overlays-end';

function isPart(metadata: unknown): metadata is Part {
  return typeof metadata === 'object' && metadata !== null && 'overlay' in metadata && 'slot' in metadata;
}

function partOf(map: MapLibreMap, id: string): Part | undefined {
  const metadata: unknown = map.getLayer(id)?.metadata;
  return isPart(metadata) ? metadata : undefined;
}

const isExpression = (value: unknown): value is ExpressionSpecification =>
  Array.isArray(value) && typeof value[0] === 'string';

/** Where the outputs of an expression stand that must be outermost, for it hangs on the zoom: undefined for any other. */
function outputsFrom(expression: readonly unknown[]): number | undefined {
  if (expression[0] === 'step') return 2;
  return expression[0] === 'interpolate' ? 4 : undefined;
}

/** An opacity, or an expression for one, at so much of its strength. */
export function weakened(value: unknown, share: number): number | ExpressionSpecification {
  if (typeof value === 'number') return value * share;
  if (!isExpression(value)) return share;
  if (share === 1) return value;
  const from = outputsFrom(value);
  if (from === undefined) return ['*', share, value];
  const made: unknown[] = value.map((each: unknown, i) =>
    i >= from && (i - from) % 2 === 0 ? weakened(each, share) : each,
  );
  return isExpression(made) ? made : share;
}

const OPACITIES = {
  circle: ['circle-opacity', 'circle-stroke-opacity'],
  symbol: ['icon-opacity', 'text-opacity'],
  line: ['line-opacity'],
  fill: ['fill-opacity'],
  heatmap: ['heatmap-opacity'],
} as const satisfies Partial<Record<AddLayerObject['type'], readonly string[]>>;

const opacitiesOf = (type: string) =>
  Object.entries(OPACITIES).flatMap(([known, names]) => (known === type ? [...names] : []));

/** The opacities a layer was made with, by the layer itself: with another style there are other layers. */
const made = new WeakMap<object, ReadonlyMap<string, unknown>>();

function weaken(map: MapLibreMap, id: string, share: number): void {
  const layer = map.getLayer(id);
  if (layer === undefined) return;
  const names = opacitiesOf(layer.type);
  const own = made.get(layer) ?? new Map(names.map((name) => [name, map.getPaintProperty(id, name)]));
  made.set(layer, own);
  for (const name of names) map.setPaintProperty(id, name, weakened(own.get(name), share));
}

/** The order of all layers with those of the city's where they belong: bottom to top. */
export function orderOf(
  base: readonly string[],
  parts: readonly (Part & { readonly id: string })[],
  shown: readonly Pick<ShownLayer, 'id'>[],
  anchors: readonly (string | undefined)[],
): readonly string[] {
  const slots: string[][] = [[], [], []];
  let floor = 0;
  for (const { id: overlay } of shown) {
    const own = parts.filter((each) => each.overlay === overlay);
    for (const { id, slot } of own) slots[Math.max(floor, HEIGHTS[slot])]?.push(id);
    floor = Math.max(floor, ...own.filter(({ slot }) => lifts(slot)).map(({ slot }) => HEIGHTS[slot]));
  }
  const before = (id: string) => anchors.flatMap((anchor, i) => (anchor === id ? (slots[i] ?? []) : []));
  return base.flatMap((id) => [...before(id), id]);
}

/** The first of the names that the style has, else its lowest layer of text: a base map of others has other names. */
function anchorIn(map: MapLibreMap, base: readonly string[], ...names: readonly string[]): string {
  const known = names.find((name) => base.includes(name));
  return known ?? base.find((id) => map.getLayer(id)?.type === 'symbol') ?? OVERLAYS_END;
}

const wanted = new WeakMap<MapLibreMap, readonly ShownLayer[]>();

/** Puts the layers of the city in this order, bottom to top, each as strong as it says; also those that come later. */
export function arrange(map: MapLibreMap, shown: readonly ShownLayer[]): void {
  wanted.set(map, shown);
  rearrange(map);
}

/** Arranges anew: after something was put on the map. */
export function rearrange(map: MapLibreMap): void {
  const shown = wanted.get(map);
  if (shown === undefined || map.style === undefined) return;
  if (!map.getLayer(OVERLAYS_END))
    map.addLayer({ id: OVERLAYS_END, type: 'background', layout: { visibility: 'none' } });
  const now = map.getLayersOrder();
  const parts = now.flatMap((id) => {
    const found = partOf(map, id);
    return found ? [{ ...found, id }] : [];
  });
  const own = new Set(parts.map(({ id }) => id));
  const base = now.filter((id) => !own.has(id));
  const anchors = [anchorIn(map, base, FIRST_WATER, 'water'), anchorIn(map, base, FIRST_NAME), OVERLAYS_END];
  const next = orderOf(base, parts, shown, anchors);
  if (next.join() !== now.filter((id) => next.includes(id)).join())
    for (const [i, id] of [...next.entries()].reverse()) if (own.has(id)) map.moveLayer(id, next[i + 1]);
  for (const { id, overlay, slot } of parts) {
    const layer = shown.find((each) => each.id === overlay);
    // A figure that is written is there to be read.
    if (layer && slot !== 'names') weaken(map, id, layer.opacity);
  }
}
