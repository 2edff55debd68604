import type { CatalogueStore } from './catalogue.svelte.ts';
import type { LiveDevice } from './device.ts';
import { type Colouring, type Mark, markOf } from './mark.ts';

/**
 * Marks of devices, made anew only of those that changed: a device that is the same object at the same moment and
 * coloured in the same way has the same mark.
 */
export class Marks {
  #known = new WeakMap<LiveDevice, Mark>();
  #now = Number.NaN;
  #colouring: Colouring | undefined;
  #domains: CatalogueStore['domains'] | undefined;

  /** The marks of those devices that tell what was asked for. */
  of(devices: readonly LiveDevice[], catalogue: CatalogueStore, now: number, colouring: Colouring): readonly Mark[] {
    if (now !== this.#now || colouring !== this.#colouring || catalogue.domains !== this.#domains)
      this.#known = new WeakMap();
    this.#now = now;
    this.#colouring = colouring;
    this.#domains = catalogue.domains;
    const marks: Mark[] = [];
    for (const device of devices) {
      let mark = this.#known.get(device);
      if (mark === undefined) {
        mark = markOf(device, catalogue, now, colouring);
        this.#known.set(device, mark);
      }
      if (mark.answers) marks.push(mark);
    }
    return marks;
  }
}
