import { changeAddress } from './address.ts';
import { fieldsOf, keep, readKept } from './storage.ts';

const KEPT = 'nhip.views';
const VERSION = 1;
export const MOST_VIEWS = 100;
export const MOST_LETTERS = 80;
const MOST_ADDRESS = 4_000;

/** A view that was given a name. */
export interface SavedView {
  readonly name: string;
  /** Query and hash of the page's address, without what is the reader's own: language and theme. */
  readonly address: string;
}

/** What an address says of the reader and not of the view. */
const OWN = ['lang', 'theme'] as const;

/** The name as it is kept: one line, not too long; empty where nothing is left of it. */
export const nameOf = (text: string): string => text.replace(/\s+/g, ' ').trim().slice(0, MOST_LETTERS).trim();

/** What of an address is the view; null for what is no address of a page. */
export function viewAddress(text: string): string | null {
  if (text.length > MOST_ADDRESS) return null;
  try {
    // Of a link only query and hash are taken: whosever city it was of, it opens this one.
    const { searchParams, hash } = new URL(text, window.location.href);
    for (const name of OWN) searchParams.delete(name);
    const query = searchParams.toString();
    return `${query === '' ? '' : `?${query}`}${hash}`;
  } catch {
    return null;
  }
}

function viewOf(value: unknown): SavedView | undefined {
  const fields = fieldsOf(value);
  if (typeof fields?.name !== 'string' || typeof fields.address !== 'string') return undefined;
  const [name, address] = [nameOf(fields.name), viewAddress(fields.address)];
  return name === '' || address === null ? undefined : { name, address };
}

/** The same name once: the later one stays, where the first one stood. */
function unique(views: readonly SavedView[]): readonly SavedView[] {
  return [...new Map(views.map((view) => [view.name, view])).values()].slice(0, MOST_VIEWS);
}

interface Kept {
  readonly views: readonly SavedView[];
  readonly first: string | null;
}

function kept(): Kept {
  const fields = fieldsOf(readKept(KEPT));
  if (fields?.version !== VERSION || !Array.isArray(fields.views)) return { views: [], first: null };
  const views = unique(fields.views.flatMap((each) => viewOf(each) ?? []));
  return { views, first: views.find(({ name }) => name === fields.first)?.name ?? null };
}

/** The view that opens where the address asks for nothing, by what this browser keeps; null: none. */
export function firstAddress(search: string, hash: string): string | null {
  const asked = new URLSearchParams(search);
  for (const name of OWN) asked.delete(name);
  if (asked.size > 0 || hash !== '') return null;
  const { views, first } = kept();
  return views.find(({ name }) => name === first)?.address ?? null;
}

/** Opens the view that the reader begins with, before anything is read of the address. */
export function beginWithFirst(): void {
  const { search, hash, pathname } = window.location;
  const address = firstAddress(search, hash);
  if (address === null) return;
  const { searchParams, hash: there } = new URL(address, window.location.href);
  window.history.replaceState(window.history.state, '', `${pathname}${search}${there}`);
  changeAddress(Object.fromEntries(searchParams));
}

/** Views with names, kept in this browser only; an address is all that a view is. */
export class SavedViews {
  #kept: Kept = $state.raw(kept());
  /** Whether the browser keeps nothing: what is saved is gone with the tab. */
  forgetful = $state(false);
  /** Whether they are being managed. */
  managing = $state(false);

  readonly views: readonly SavedView[] = $derived(this.#kept.views);
  /** The name of the view that the page begins with; null: the whole city. */
  readonly first: string | null = $derived(this.#kept.first);

  /** Saves what the page shows under a name; the view that had the name is replaced. Answers whether there was room. */
  save(text: string): boolean {
    const name = nameOf(text);
    const address = viewAddress(`${window.location.search}${window.location.hash}`);
    const known = this.views.some((view) => view.name === name);
    if (name === '' || address === null || (!known && this.views.length >= MOST_VIEWS)) return false;
    this.#keep({ ...this.#kept, views: unique([...this.views, { name, address }]) });
    return true;
  }

  /** Gives a view another name; answers whether it could: another one may have it. */
  rename(from: string, text: string): boolean {
    const name = nameOf(text);
    if (name === from) return true;
    if (name === '' || this.views.some((view) => view.name === name)) return false;
    const views = this.views.map((view) => (view.name === from ? { ...view, name } : view));
    this.#keep({ views, first: this.first === from ? name : this.first });
    return true;
  }

  remove(name: string): void {
    const views = this.views.filter((view) => view.name !== name);
    this.#keep({ views, first: this.first === name ? null : this.first });
  }

  /** Begins with this view from now on; null: with the whole city. */
  beginWith(name: string | null): void {
    this.#keep({ ...this.#kept, first: name });
  }

  /** Shows a view: Back leads to what was shown before. */
  open({ address }: SavedView): void {
    const mine = new URLSearchParams(window.location.search);
    const { searchParams, hash } = new URL(address, window.location.href);
    for (const name of OWN) {
      const value = mine.get(name);
      if (value !== null) searchParams.set(name, value);
    }
    const query = searchParams.toString();
    window.history.pushState(null, '', `${window.location.pathname}${query === '' ? '' : `?${query}`}${hash}`);
    // Every store reads the address when the reader goes back or forth, and the map when the hash is another.
    window.dispatchEvent(new PopStateEvent('popstate'));
    window.dispatchEvent(new HashChangeEvent('hashchange'));
  }

  /** The view as a link that opens it anywhere. */
  link({ address }: SavedView): string {
    return `${window.location.origin}${window.location.pathname}${address}`;
  }

  /** The views as a file: a line for each, its name, a tab and its link. */
  write(): string {
    return this.views.map((view) => `${view.name}\t${this.link(view)}\n`).join('');
  }

  /** Takes in the views of such a file; answers how many. What is no view is passed over. */
  take(text: string): number {
    const found = text.split(/\r?\n/).flatMap((line) => {
      const at = line.lastIndexOf('\t');
      return at < 0 || !/^(https?:|[/?#])/.test(line.slice(at + 1))
        ? []
        : (viewOf({ name: line.slice(0, at), address: line.slice(at + 1).trim() }) ?? []);
    });
    this.#keep({ ...this.#kept, views: unique([...this.views, ...found]) });
    return found.length;
  }

  #keep(next: Kept): void {
    this.#kept = next;
    this.forgetful = !keep(KEPT, { version: VERSION, ...next });
  }
}
