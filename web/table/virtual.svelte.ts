import {
  defaultRangeExtractor,
  elementScroll,
  observeElementOffset,
  observeElementRect,
  type VirtualItem,
  Virtualizer,
} from '@tanstack/virtual-core';

/** What the rows are laid out by; pixels. */
export interface Layout {
  readonly count: number;
  readonly height: number;
  /** What stays at the top of the scrolled box. */
  readonly head: number;
  /** A row that is kept whether it is seen or not: it has the focus. Null: none. */
  readonly kept: number | null;
}

/** The rows of a long table that are worth making: TanStack's virtualizer, told to Svelte. */
export class VirtualRows {
  items: readonly VirtualItem[] = $state.raw([]);
  /** Height of all rows. */
  total = $state(0);
  #virtualizer: Virtualizer<HTMLElement, Element> | undefined;

  /** Follows the scrolling of `box` until the returned function is called. */
  follow(box: HTMLElement, layout: Layout): () => void {
    const virtualizer = new Virtualizer<HTMLElement, Element>({
      ...this.#options(layout),
      getScrollElement: () => box,
      observeElementRect,
      observeElementOffset,
      scrollToFn: elementScroll,
      onChange: () => this.#show(),
    });
    this.#virtualizer = virtualizer;
    const stop = virtualizer._didMount();
    virtualizer._willUpdate();
    this.#show();
    return () => {
      this.#virtualizer = undefined;
      stop();
    };
  }

  /** Lays the rows out anew. */
  lay(layout: Layout): void {
    const virtualizer = this.#virtualizer;
    if (virtualizer === undefined) return;
    const higher = virtualizer.options.estimateSize(0) !== layout.height;
    virtualizer.setOptions({ ...virtualizer.options, ...this.#options(layout) });
    if (higher) virtualizer.measure();
    virtualizer._willUpdate();
    this.#show();
  }

  /** Brings a row into view, by the shortest way. */
  reveal(row: number): void {
    this.#virtualizer?.scrollToIndex(row, { align: 'auto' });
  }

  #options({ count, height, head, kept }: Layout) {
    return {
      count,
      estimateSize: () => height,
      paddingStart: head,
      scrollPaddingStart: head,
      overscan: 6,
      rangeExtractor: (range: Parameters<typeof defaultRangeExtractor>[0]) => {
        const seen = defaultRangeExtractor(range);
        if (kept === null || kept >= count || seen.includes(kept)) return seen;
        return [...seen, kept].sort((a, b) => a - b);
      },
    };
  }

  #show(): void {
    const virtualizer = this.#virtualizer;
    if (virtualizer === undefined) return;
    this.items = virtualizer.getVirtualItems();
    this.total = virtualizer.getTotalSize() - (virtualizer.options.paddingStart ?? 0);
  }
}
