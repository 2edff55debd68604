/** One message of a load. It carries one observation that no other message carries. Times are ms. */
export interface Message {
  readonly device: string;
  /** Phenomenon time. */
  readonly time: number;
  readonly value: number;
}

/** Values by device and phenomenon time. */
export type Held = ReadonlyMap<string, ReadonlyMap<number, number>>;

/** What devices sent and what was acknowledged to them, remembered outside of the city. */
export class Memory {
  readonly #sent = new Map<string, Map<number, number>>();
  readonly #acknowledged = new Map<string, Map<number, number>>();
  #sentCount = 0;
  #acknowledgedCount = 0;

  get sent(): Held {
    return this.#sent;
  }

  get acknowledged(): Held {
    return this.#acknowledged;
  }

  /** Messages sent; a message that is sent again counts once. */
  get sentCount(): number {
    return this.#sentCount;
  }

  get acknowledgedCount(): number {
    return this.#acknowledgedCount;
  }

  /** To be called before the first byte of the message leaves. */
  send(message: Message): void {
    if (note(this.#sent, message)) this.#sentCount += 1;
  }

  acknowledge(message: Message): void {
    if (note(this.#acknowledged, message)) this.#acknowledgedCount += 1;
  }
}

/** Whether the message was not there before. */
function note(held: Map<string, Map<number, number>>, { device, time, value }: Message): boolean {
  let values = held.get(device);
  if (!values) {
    values = new Map();
    held.set(device, values);
  }
  const before = values.size;
  values.set(time, value);
  return values.size > before;
}
