/** Control packet types the guard looks at (MQTT 3.1.1, section 2.2.1). */
export const CONNECT = 1;
export const DISCONNECT = 14;
const RESERVED = [0, 15];
/** A remaining length takes at most four bytes (section 2.2.3). */
const LENGTH_BYTES = 4;

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

  constructor(limit: number) {
    this.limit = limit;
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
    if (!last || this.fault) return false;
    this.#body = this.#length;
    if (this.#body > 0) return false;
    this.#header = 0;
    return true;
  }
}
