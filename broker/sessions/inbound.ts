/**
 * The receiver's half of QoS 2 (section 4.3.3, method A): packet ids between their PUBLISH and their PUBREL. Until then
 * a PUBLISH of the same id is the same message.
 */
export class Inbound {
  readonly #limit: number;
  /** Whether the message was flushed to the journal, by packet id. */
  readonly #journalled = new Map<number, Promise<boolean>>();
  /** Handed to its subscribers. */
  readonly #handed = new Set<number>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** What became of the message of that id that came before, if there was one. */
  first(id: number): Promise<boolean> | undefined {
    return this.#journalled.get(id);
  }

  /** The message is on its way into the journal. One that is not taken there is forgotten: it has to come again. */
  journalling(id: number, flushed: Promise<boolean>): void {
    this.#journalled.set(id, flushed);
    void flushed.then((taken) => {
      if (!taken && this.#journalled.get(id) === flushed) this.#journalled.delete(id);
    });
    this.#bound(this.#journalled.keys(), this.#journalled.size);
  }

  handed(id: number): boolean {
    return this.#handed.has(id);
  }

  hand(id: number): void {
    this.#handed.add(id);
    this.#bound(this.#handed, this.#handed.size);
  }

  /** PUBREL: the id is free for another message. */
  release(id: number): void {
    this.#journalled.delete(id);
    this.#handed.delete(id);
  }

  clear(): void {
    this.#journalled.clear();
    this.#handed.clear();
  }

  /** A client that never says PUBREL keeps the newest ids only. */
  #bound(ids: Iterable<number>, size: number): void {
    if (size <= this.#limit) return;
    const [oldest] = ids;
    if (oldest !== undefined) this.release(oldest);
  }
}
