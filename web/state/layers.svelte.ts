import { changeAddress } from './address.ts';

/** The map's layers in their usual order, bottom to top: areas lie under what stands on them. */
export const LAYER_IDS = ['hex', 'wards', 'heat', 'devices'] as const;
export type LayerId = (typeof LAYER_IDS)[number];

/** Layers whose areas are coloured by an aggregate over a span of time. */
export const AREA_LAYERS = ['hex', 'wards'] as const satisfies readonly LayerId[];
export type AreaLayer = (typeof AREA_LAYERS)[number];

export const isAreaLayer = (id: LayerId): id is AreaLayer => AREA_LAYERS.some((area) => area === id);

/** What heat is made of: how bad or high what is measured is, or how many devices there are. */
export const HEATS = ['figure', 'density'] as const;
export type Heat = (typeof HEATS)[number];

/** A layer that is on, and how strongly it is drawn: above 0, at most 1. */
export interface ShownLayer {
  readonly id: LayerId;
  readonly opacity: number;
}

/** Fainter than this nobody finds it again. */
export const LEAST_OPACITY = 0.1;
const NOTHING = 'none';
const USUAL: readonly ShownLayer[] = [{ id: 'devices', opacity: 1 }];

function shownLayer(text: string): ShownLayer | undefined {
  const [name, percent = '100', ...rest] = text.split('.');
  const id = LAYER_IDS.find((known) => known === name);
  if (id === undefined || rest.length > 0 || !/^\d{1,3}$/.test(percent)) return undefined;
  return { id, opacity: Math.min(1, Math.max(LEAST_OPACITY, Number(percent) / 100)) };
}

/**
 * The layers an address asks for, bottom to top: `layers=wards.60,devices` is the wards at 60 % under the devices,
 * `none` is none of them. A link of before says `layer=wards`. What is not understood counts as not given.
 */
export function readLayers(search: string): readonly ShownLayer[] {
  const query = new URLSearchParams(search);
  const text = query.get('layers');
  if (text === null) return query.get('layer') === 'wards' ? [{ id: 'wards', opacity: 1 }] : USUAL;
  if (text === NOTHING) return [];
  const asked = text.split(',').flatMap((part) => shownLayer(part) ?? []);
  const once = asked.filter(({ id }, i) => asked.findIndex((other) => other.id === id) === i);
  return once.length === 0 ? USUAL : once;
}

/** The same as text; null where it is the usual. */
export function writeLayers(layers: readonly ShownLayer[]): string | null {
  if (layers.length === 0) return NOTHING;
  const text = layers.map(({ id, opacity }) => (opacity === 1 ? id : `${id}.${Math.round(opacity * 100)}`)).join(',');
  return text === 'devices' ? null : text;
}

/** Where a layer that is put on belongs: under the first one of those on that usually lies above it. */
function placed(layers: readonly ShownLayer[], layer: ShownLayer): readonly ShownLayer[] {
  const height = (id: LayerId) => LAYER_IDS.indexOf(id);
  const above = layers.findIndex(({ id }) => height(id) > height(layer.id));
  return above === -1 ? [...layers, layer] : layers.toSpliced(above, 0, layer);
}

/** Which layers the map shows, in which order and how strongly; in the address as `layers=`, `heat=` and `grouped=`. */
export class Layers {
  /** Those that are on, bottom to top. */
  shown: readonly ShownLayer[] = $state.raw(USUAL);
  heat: Heat = $state('figure');
  /** Whether devices that are close to each other are drawn as one while the map looks from afar. */
  grouped = $state(true);
  /** Of the H3 cells: the map sets it by how near it looks. */
  resolution = $state(8);
  // A layer that is put off and on again is as it was.
  readonly #opacities = new Map<LayerId, number>();

  readonly #on: ReadonlySet<LayerId> = $derived(new Set(this.shown.map(({ id }) => id)));
  /** Whether anything is coloured by aggregates, so that a span of time matters. */
  readonly areas: boolean = $derived(AREA_LAYERS.some((id) => this.#on.has(id)));
  /** Whether anything is drawn of single devices. */
  readonly marks: boolean = $derived(this.#on.has('devices') || this.#on.has('heat'));

  constructor() {
    this.read();
  }

  /** Takes over what the address says. */
  read(): void {
    const { search } = window.location;
    const query = new URLSearchParams(search);
    this.shown = readLayers(search);
    this.heat = HEATS.find((heat) => heat === query.get('heat')) ?? 'figure';
    this.grouped = query.get('grouped') !== 'no';
  }

  has(id: LayerId): boolean {
    return this.#on.has(id);
  }

  /** How strongly a layer is drawn, or was before it was put off. */
  opacity(id: LayerId): number {
    return this.shown.find((layer) => layer.id === id)?.opacity ?? this.#opacities.get(id) ?? 1;
  }

  /** Puts a layer on at its usual height, or off. */
  toggle(id: LayerId): void {
    this.#opacities.set(id, this.opacity(id));
    const without = this.shown.filter((layer) => layer.id !== id);
    this.#set(this.has(id) ? without : placed(this.shown, { id, opacity: this.opacity(id) }));
  }

  /** Shows these layers and no other, at full strength. */
  only(...ids: readonly LayerId[]): void {
    this.#set(ids.map((id) => ({ id, opacity: 1 })));
  }

  /** Whether a layer has one above it (1) or under it (-1) to change places with. */
  canMove(id: LayerId, by: 1 | -1): boolean {
    const at = this.shown.findIndex((layer) => layer.id === id);
    return at !== -1 && this.shown[at + by] !== undefined;
  }

  /** Moves a layer one up (1) or down (-1). */
  move(id: LayerId, by: 1 | -1): void {
    const at = this.shown.findIndex((layer) => layer.id === id);
    const [layer, other] = [this.shown[at], this.shown[at + by]];
    if (layer === undefined || other === undefined) return;
    this.#set(this.shown.with(at, other).with(at + by, layer));
  }

  /** Moves a layer to the place of another, which gives way towards where the first one was. */
  moveBeside(id: LayerId, other: LayerId): void {
    const layer = this.shown.find((each) => each.id === id);
    const to = this.shown.findIndex((each) => each.id === other);
    if (layer === undefined || to === -1) return;
    this.#set(this.shown.filter((each) => each !== layer).toSpliced(to, 0, layer));
  }

  /** Draws a layer at so much of its strength. */
  fade(id: LayerId, opacity: number): void {
    const bounded = Math.min(1, Math.max(LEAST_OPACITY, Math.round(opacity * 100) / 100));
    this.#set(this.shown.map((layer) => (layer.id === id ? { id, opacity: bounded } : layer)));
  }

  weigh(heat: Heat): void {
    this.heat = heat;
    changeAddress({ heat: heat === 'figure' ? null : heat });
  }

  group(grouped: boolean): void {
    this.grouped = grouped;
    changeAddress({ grouped: grouped ? null : 'no' });
  }

  #set(shown: readonly ShownLayer[]): void {
    this.shown = shown;
    changeAddress({ layers: writeLayers(shown), layer: null });
  }
}
