/** Control packet types the guard looks at (MQTT 3.1.1, section 2.2.1). */
export const CONNECT = 1;
export const DISCONNECT = 14;
const RESERVED = [0, 15];
/** A remaining length takes at most four bytes (section 2.2.3). */
const LENGTH_BYTES = 4;

interface Shape {
  /** Least and greatest remaining length. */
  readonly least: number;
  readonly most: number;
  /** The variable header is, or begins with, a packet id. */
  readonly id: boolean;
}

const ACKNOWLEDGEMENT: Shape = { least: 2, most: 2, id: true };
const EMPTY: Shape = { least: 0, most: 0, id: false };
/** Of a type that only a server sends. */
const NONE: Shape = { least: 1, most: 0, id: false };

/** What the frames of a client look like from outside, by control packet type (MQTT 3.1.1, section 3). */
const SHAPES: Readonly<Record<number, Shape>> = {
  2: NONE,
  4: ACKNOWLEDGEMENT,
  5: ACKNOWLEDGEMENT,
  6: ACKNOWLEDGEMENT,
  7: ACKNOWLEDGEMENT,
  // A SUBSCRIBE or UNSUBSCRIBE without a filter is a violation (MQTT-3.8.3-3, MQTT-3.10.3-2).
  8: { least: 6, most: Number.POSITIVE_INFINITY, id: true },
  9: NONE,
  10: { least: 5, most: Number.POSITIVE_INFINITY, id: true },
  11: NONE,
  12: EMPTY,
  13: NONE,
  14: EMPTY,
};

export type FrameFault = 'too-large' | 'malformed';

/**
 * Follows the frames of a byte stream by their fixed headers alone and finds the first that announces more than
 * `limit` bytes, before anything is buffered for it. It keeps three numbers, however the stream is cut into chunks.
 */
export class FrameGuard {
  /** Largest remaining length let through. */
  limit: number;
  /** Type of the frame the guard stands in, or of the last one. */
  type = 0;
  fault: FrameFault | undefined;
  /** Bytes of the fixed header seen; 0 between two frames. */
  #header = 0;
  #length = 0;
  /** Body bytes still to come. */
  #body = 0;
  readonly #strict: boolean;
  /** Bytes of the packet id still to come, and what there is of it. */
  #idBytes = 0;
  #id = 0;

  /** `strict`: frames that no client may send are faults too, by their length or for a packet id of 0 (MQTT-2.3.1-1). */
  constructor(limit: number, strict = false) {
    this.limit = limit;
    this.#strict = strict;
  }

  /** Whether the stream stands between two frames. */
  get between(): boolean {
    return this.#header === 0;
  }

  /**
   * Goes on from `at` to the end of the current frame or of the chunk, whichever comes first, and answers that index.
   * Stops with `fault` set at a frame that must not pass.
   */
  advance(chunk: Uint8Array, at: number): number {
    let index = at;
    while (index < chunk.length) {
      if (this.#body > 0) {
        if (this.#idBytes > 0) {
          this.#idByte(chunk[index] ?? 0);
          index += 1;
          if (this.fault || this.#body === 0) return index;
          continue;
        }
        const step = Math.min(this.#body, chunk.length - index);
        this.#body -= step;
        index += step;
        if (this.#body === 0) this.#header = 0;
        return index;
      }
      const byte = chunk[index] ?? 0;
      index += 1;
      if (this.#headerByte(byte)) return index;
      if (this.fault) return index;
    }
    return index;
  }

  #idByte(byte: number): void {
    this.#id += byte;
    this.#idBytes -= 1;
    this.#body -= 1;
    if (this.#idBytes === 0 && this.#id === 0) this.fault = 'malformed';
    if (this.#body === 0) this.#header = 0;
  }

  /** Judges the frame by its type and length. */
  #shape(): void {
    const shape = this.#strict ? SHAPES[this.type] : undefined;
    if (!shape) return;
    if (this.#length < shape.least || this.#length > shape.most) this.fault = 'malformed';
    if (!shape.id) return;
    this.#idBytes = 2;
    this.#id = 0;
  }

  /** Takes one byte of the fixed header; true where it ends a frame without a body. */
  #headerByte(byte: number): boolean {
    if (this.#header === 0) {
      this.type = byte >> 4;
      this.#header = 1;
      this.#length = 0;
      if (RESERVED.includes(this.type)) this.fault = 'malformed';
      return false;
    }
    this.#length += (byte & 0x7f) * 128 ** (this.#header - 1);
    this.#header += 1;
    const last = byte < 0x80;
    if (this.#length > this.limit) this.fault = 'too-large';
    else if (!last && this.#header > LENGTH_BYTES) this.fault = 'malformed';
    if (last && !this.fault) this.#shape();
    if (!last || this.fault) return false;
    this.#body = this.#length;
    if (this.#body > 0) return false;
    this.#header = 0;
    return true;
  }
}
