/** What a combobox does for its owner. */
export interface ComboboxOwner {
  /** How many options there are. */
  count(): number;
  /** Takes the option that was reached by arrows, undefined where none was. */
  choose(at: number | undefined): void;
  /** Takes the words out of the field; answers whether there were any. */
  clear(): boolean;
}

/** The keys of an editable combobox with a list popup, as the ARIA Authoring Practices have them: the focus stays in the field. */
export class Combobox {
  open = $state(false);
  /** The option that Enter would choose; -1: none. */
  at = $state(-1);
  readonly #owner: ComboboxOwner;

  constructor(owner: ComboboxOwner) {
    this.#owner = owner;
  }

  steer(event: KeyboardEvent): void {
    if (event.isComposing) return;
    const last = this.#owner.count() - 1;
    const { key } = event;
    if (key === 'ArrowDown' && last >= 0) {
      this.at = this.open && this.at < last ? this.at + 1 : 0;
      this.open = true;
    } else if (key === 'ArrowUp' && last >= 0) {
      this.at = this.open && this.at > 0 ? this.at - 1 : last;
      this.open = true;
    } else if (key === 'Enter' && this.open) {
      this.#owner.choose(this.at < 0 ? undefined : this.at);
    } else if (key === 'Escape') {
      // The first Escape closes the list, the next empties the field; neither closes what is behind.
      if (this.open) this.open = false;
      else if (!this.#owner.clear()) return;
      event.stopPropagation();
    } else return;
    event.preventDefault();
  }
}
