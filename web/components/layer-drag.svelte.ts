import type { Attachment } from 'svelte/attachments';
import { LAYER_IDS, type LayerId, type Layers } from '../state/layers.svelte.ts';

/** Pixels that a hand moves without meaning it. */
const SLACK = 4;

/** Where a layer would land: next to this one, on the side of what is held. */
export interface Landing {
  readonly id: LayerId;
  readonly side: 'above' | 'below';
}

/** Ordering layers by pulling them, with a pointer or a finger. Each section of the list is marked `data-layer`. */
export class LayerDrag {
  held: LayerId | null = $state(null);
  landing: Landing | null = $state.raw(null);
  readonly #layers: Layers;

  constructor(layers: Layers) {
    this.#layers = layers;
  }

  /** Makes an element the grip of a layer. Who lets go outside of any other layer, or presses Escape, has moved nothing. */
  grip(id: LayerId): Attachment<HTMLElement> {
    return (grip) => {
      const held = new AbortController();
      const { signal } = held;
      const begin = (start: PointerEvent) => {
        if (start.button !== 0) return;
        start.preventDefault();
        grip.setPointerCapture(start.pointerId);
        const letGo = new AbortController();
        const ends = () => {
          letGo.abort();
          [this.held, this.landing] = [null, null];
        };
        signal.addEventListener('abort', ends, { signal: letGo.signal });
        const on = { signal: letGo.signal };
        const move = ({ clientY }: PointerEvent) => {
          if (this.held === null && Math.abs(clientY - start.clientY) < SLACK) return;
          this.held = id;
          this.landing = this.#over(grip, id, clientY - start.clientY);
        };
        const drop = () => {
          if (this.landing !== null) this.#layers.moveBeside(id, this.landing.id);
          ends();
        };
        grip.addEventListener('pointermove', move, on);
        grip.addEventListener('pointerup', drop, on);
        grip.addEventListener('pointercancel', ends, on);
        window.addEventListener('keydown', ({ key }) => key === 'Escape' && ends(), on);
      };
      grip.addEventListener('pointerdown', begin, { signal });
      return () => held.abort();
    };
  }

  /** The layer that is furthest from what is held and whose head that has passed, `by` pixels from where it was. */
  #over(grip: HTMLElement, id: LayerId, by: number): Landing | null {
    const sections = [...(grip.closest('[data-layers]')?.querySelectorAll<HTMLElement>('[data-layer]') ?? [])];
    const own = sections.findIndex(({ dataset }) => dataset.layer === id);
    const middles = sections.map((section) => {
      const { top, height } = (section.querySelector('header') ?? section).getBoundingClientRect();
      return top + height / 2;
    });
    const y = (middles[own] ?? 0) + by;
    const up = middles.findIndex((middle, i) => i < own && y < middle);
    const at = up === -1 ? middles.findLastIndex((middle, i) => i > own && y > middle) : up;
    const landed = LAYER_IDS.find((known) => known === sections[at]?.dataset.layer);
    return landed === undefined ? null : { id: landed, side: at < own ? 'above' : 'below' };
  }
}
