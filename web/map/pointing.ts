import type { Map as MapLibreMap } from 'maplibre-gl';
import type { LayerId } from '../state/layers.svelte.ts';
import { isHeld } from './hold.ts';
import { onPointer, type ScreenPoint } from './pick.ts';

/** What a layer does with the pointer and the keyboard. */
export interface Pointable {
  /** What of the layer is under a point of the screen. */
  find(at: ScreenPoint): string | null;
  clicked(id: string, at: ScreenPoint): void;
  /** The pointer is over it, or left it (null). */
  over(id: string | null, at: ScreenPoint): void;
  /** A click beside everything of the layer. */
  missed?(): void;
  /** Enter, for who steers the map by keyboard: whether there was anything in the middle. */
  enter(): boolean;
}

interface Hit {
  readonly layer: Pointable;
  readonly id: string;
}

/** Shares pointer and keyboard among the layers: what lies on top comes first. */
export class Pointing {
  // One layer of the page may be drawn by several: those added last lie on top.
  #layers: readonly { readonly id: LayerId; readonly layer: Pointable }[] = [];

  /** Puts a layer in until the returned function is called. */
  add(id: LayerId, layer: Pointable): () => void {
    const added = { id, layer };
    this.#layers = [added, ...this.#layers];
    return () => {
      this.#layers = this.#layers.filter((each) => each !== added);
    };
  }

  #of(id: LayerId): readonly Pointable[] {
    return this.#layers.filter((each) => each.id === id).map(({ layer }) => layer);
  }

  /** Listens until the returned function is called. `order` answers the layers from the top down. */
  start(map: MapLibreMap, order: () => readonly LayerId[], missed: () => void): () => void {
    const find = (at: ScreenPoint): Hit | null => {
      for (const layer of order().flatMap((id) => this.#of(id))) {
        const id = layer.find(at);
        if (id !== null) return { layer, id };
      }
      return null;
    };
    let over: Pointable | null = null;
    const stop = onPointer<Hit>(map, {
      find,
      clicked: (hit, at) => {
        for (const { layer } of this.#layers) if (layer !== hit?.layer) layer.missed?.();
        if (hit === null) missed();
        else hit.layer.clicked(hit.id, at);
      },
      over: (hit, at) => {
        if (over !== hit?.layer) over?.over(null, at);
        over = hit?.layer ?? null;
        if (hit !== null) hit.layer.over(hit.id, at);
      },
    });
    const enter = (event: KeyboardEvent) => {
      if (event.key !== 'Enter' || isHeld(map)) return;
      order()
        .flatMap((id) => this.#of(id))
        .some((layer) => layer.enter());
    };
    const canvas = map.getCanvas();
    canvas.addEventListener('keydown', enter);
    return () => {
      stop();
      canvas.removeEventListener('keydown', enter);
    };
  }
}
