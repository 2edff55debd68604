import type { Domain } from '../../model/domain.ts';
import { isFault, readWithin, sizeOf } from '../../model/within.ts';
import type { DeviceHit } from '../api/shapes.ts';
import { squareText } from '../draw/words.ts';
import type { Ward } from '../state/areas.svelte.ts';
import type { CatalogueStore } from '../state/catalogue.svelte.ts';
import { choicesOf } from '../state/choices.ts';
import type { Compared } from '../state/compare.svelte.ts';
import { type Figure, isDerived } from '../state/figure.ts';
import type { Preferences } from '../state/preferences.svelte.ts';

/** One of what is compared, as far as it is known. */
export interface Member {
  readonly item: Compared;
  /** Undefined while a device is looked up, null where there is none. */
  readonly device: DeviceHit | null | undefined;
  readonly ward: Ward | undefined;
  /** What is shown of it, undefined where it reports nothing of what was chosen. */
  readonly figure: Figure | undefined;
}

/** What one of what is compared is called. */
export function nameOf(
  { item: { type, id }, device, ward }: Pick<Member, 'item' | 'device' | 'ward'>,
  { format, language, messages }: Pick<Preferences, 'format' | 'language' | 'messages'>,
): string {
  if (type !== 'within') return ward?.name[language] ?? device?.name ?? id;
  const shape = readWithin(id);
  return isFault(shape) ? id : `${messages.areas.drawn} (${squareText(sizeOf(shape), format)})`;
}

/** The metrics that a device of a kind reports. */
const reported = (device: DeviceHit, catalogue: CatalogueStore): readonly string[] =>
  catalogue.kind(device.domain, device.kind)?.metrics ?? [];

/** The figure of a device: the one that was chosen where it reports it, else its main one. */
export function figureOfDevice(
  device: DeviceHit,
  chosen: string | null,
  catalogue: CatalogueStore,
): Figure | undefined {
  const kind = catalogue.kind(device.domain, device.kind);
  if (chosen === null) return kind && catalogue.metric(kind.headline);
  const figure = catalogue.figure(chosen);
  if (figure === undefined || isDerived(figure)) return undefined;
  return reported(device, catalogue).includes(chosen) ? figure : undefined;
}

/** What may be compared: whatever any of the devices reports; with a ward among them any figure of the city. */
export function comparable(
  devices: readonly DeviceHit[],
  wards: boolean,
  catalogue: CatalogueStore,
): readonly { readonly domain: Domain; readonly figures: readonly Figure[] }[] {
  const ids = new Set(devices.flatMap((device) => reported(device, catalogue)));
  return choicesOf(catalogue, null, wards)
    .map(({ domain, figures }) => ({
      domain,
      figures: figures.filter((figure) => (wards && devices.length === 0) || ids.has(figure.id)),
    }))
    .filter(({ figures }) => figures.length > 0);
}

/** What shares a plot: all of one unit, or each by itself. */
export function plotsOf<T extends { readonly figure: Figure }>(shown: readonly T[], together: boolean): readonly T[][] {
  const plots = new Map<string, T[]>();
  shown.forEach((each, i) => {
    const name = together ? each.figure.unit : String(i);
    plots.set(name, [...(plots.get(name) ?? []), each]);
  });
  return [...plots.values()];
}
