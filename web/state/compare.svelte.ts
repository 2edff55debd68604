import { isFault, readWithin, writeWithin } from '../../model/within.ts';
import { changeAddress } from './address.ts';

/** A device, a ward or a drawn area (`id` is its text, as `writeWithin` writes it) that is compared with others. */
export interface Compared {
  readonly type: 'device' | 'area' | 'within';
  readonly id: string;
}

/** Whether series of one unit share a plot. */
export const LAYOUTS = ['together', 'apart'] as const;
export type Layout = (typeof LAYOUTS)[number];

/** More lines than that nobody keeps apart. */
export const MOST_COMPARED = 4;

const ITEM = /^(device|area):([a-z0-9][a-z0-9-]{1,63})$/;
const DRAWN = 'within:';
const METRIC = /^[a-z][a-z0-9_]{1,47}$/;

/** The items as the address writes them: `device:counter-1,area:dong-da,within:circle:105.85;21.03;500`. */
export const writeCompared = (items: readonly Compared[]): string =>
  items.map(({ type, id }) => `${type}:${id.replaceAll(',', ';')}`).join(',');

function readItem(part: string): Compared | undefined {
  const [, type, id] = ITEM.exec(part) ?? [];
  if (id !== undefined) return { type: type === 'area' ? 'area' : 'device', id };
  if (!part.startsWith(DRAWN)) return undefined;
  const shape = readWithin(part.slice(DRAWN.length).replaceAll(';', ','));
  return isFault(shape) ? undefined : { type: 'within', id: writeWithin(shape) };
}

/** Reads them; what is not understood, or there twice, or more than can be compared is left out. */
export function readCompared(text: string | null): readonly Compared[] {
  const items = new Map<string, Compared>();
  for (const part of (text ?? '').split(',')) {
    const item = readItem(part);
    if (item !== undefined) items.set(`${item.type}:${item.id}`, item);
  }
  return [...items.values()].slice(0, MOST_COMPARED);
}

const same = (a: Compared, b: Compared): boolean => a.type === b.type && a.id === b.id;

/** What is compared, and whether the comparison is open; all of it is in the page's address. */
export class Compare {
  items: readonly Compared[] = $state.raw([]);
  open: boolean = $state(false);
  layout: Layout = $state('together');
  /** The metric that is compared; null: the main one of each. */
  metric: string | null = $state(null);
  readonly full: boolean = $derived(this.items.length >= MOST_COMPARED);

  constructor() {
    this.read();
  }

  /** Takes over what the address says: at the start, and when the reader goes back or forth. */
  read(): void {
    const query = new URLSearchParams(window.location.search);
    const [shown, metric] = [query.get('compared'), query.get('compare_metric')];
    this.items = readCompared(query.get('compare'));
    this.open = LAYOUTS.some((layout) => layout === shown);
    this.layout = shown === 'apart' ? 'apart' : 'together';
    this.metric = metric !== null && METRIC.test(metric) ? metric : null;
  }

  has(item: Compared): boolean {
    return this.items.some((each) => same(each, item));
  }

  /** Adds it unless there are four, or takes it out. */
  toggle(item: Compared): void {
    if (this.has(item)) this.items = this.items.filter((each) => !same(each, item));
    else if (!this.full) this.items = [...this.items, item];
    if (this.items.length === 0 && !this.open) this.metric = null;
    this.#write();
  }

  clear(): void {
    this.items = [];
    this.metric = null;
    this.open = false;
    this.#write();
  }

  /** Opens the comparison, or closes it and keeps what was chosen; Back undoes it. */
  show(open: boolean): void {
    if (open === this.open) return;
    this.open = open;
    this.#write('push');
  }

  choose(metric: string | null): void {
    this.metric = metric;
    this.#write();
  }

  arrange(layout: Layout): void {
    this.layout = layout;
    this.#write();
  }

  #write(history: 'push' | 'replace' = 'replace'): void {
    changeAddress(
      {
        compare: this.items.length === 0 ? null : writeCompared(this.items),
        compare_metric: this.metric,
        compared: this.open ? this.layout : null,
      },
      history,
    );
  }
}
