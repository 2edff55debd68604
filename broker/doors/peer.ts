/** What is known of the other end of a socket before it says a word of MQTT. */
export interface Peer {
  /** Its address; behind a trusted proxy, that of whoever is in front of the proxy. */
  readonly address: string;
  /** The device that its certificate names, where it showed one of the city's authority: it can be no other. */
  readonly certificate?: string | undefined;
}

/** How many of each. */
export class Tally {
  readonly #counts = new Map<string, number>();

  of(key: string): number {
    return this.#counts.get(key) ?? 0;
  }

  add(key: string): void {
    this.#counts.set(key, this.of(key) + 1);
  }

  remove(key: string): void {
    const left = this.of(key) - 1;
    if (left > 0) this.#counts.set(key, left);
    else this.#counts.delete(key);
  }
}
