import type { CatalogueStore } from './catalogue.svelte.ts';
import type { LiveDevice } from './device.ts';
import { type Figure, figureOf, readingOf } from './figure.ts';
import { classesOf, type Scale } from './scale.ts';

/**
 * Scales for the figures without bands that colour these devices, made of their values as they are. For all domains at
 * once (null) and no figure chosen there are none: ten scales side by side tell nothing.
 */
export function scalesOf(
  devices: readonly LiveDevice[],
  catalogue: CatalogueStore,
  { domain, chosen }: { readonly domain: string | null; readonly chosen: Figure | null },
  /** Values that are known of other devices, by figure. */
  others: ReadonlyMap<string, readonly number[]> = new Map(),
): ReadonlyMap<string, Scale> {
  if (domain === null && chosen === null) return new Map();
  const values = new Map<string, number[]>();
  for (const device of devices) {
    const kind = catalogue.kind(device.domain, device.kind);
    const figure = kind && figureOf(kind, chosen, catalogue);
    if (figure === undefined || figure.thresholds.length > 0) continue;
    const reading = readingOf(device, figure);
    if (reading === undefined || reading.quality === 'invalid') continue;
    const shown = values.get(figure.id);
    if (shown) shown.push(reading.value);
    else values.set(figure.id, [reading.value]);
  }
  for (const [id, more] of others)
    if (catalogue.figure(id)?.thresholds.length === 0) values.set(id, [...(values.get(id) ?? []), ...more]);
  return new Map([...values].map(([id, shown]) => [id, classesOf(shown)]));
}
