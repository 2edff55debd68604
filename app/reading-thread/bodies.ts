import type { Piece } from './protocol.ts';

/** Bytes that cross at a time: more of them would hold up whoever waits for an acknowledgement. */
export const PIECE_BYTES = 65_536;

/** A body, cut into pieces that are handed over when they are asked for. */
export class CutBody {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>> | undefined;
  #left: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  #ended: boolean;

  constructor(body: ReadableStream<Uint8Array<ArrayBuffer>> | null) {
    this.#reader = body?.getReader();
    this.#ended = body === null;
  }

  /** The next piece. Rejects where the body breaks off. */
  async next(): Promise<Piece> {
    while (this.#left.length === 0 && !this.#ended) {
      const read = await this.#reader?.read();
      if (read?.value) this.#left = read.value;
      else this.#ended = true;
    }
    // A copy, for what crosses takes the whole buffer behind it along.
    const bytes = this.#left.slice(0, PIECE_BYTES);
    this.#left = this.#left.subarray(bytes.length);
    return { bytes, more: this.#left.length > 0 || !this.#ended };
  }

  async cancel(): Promise<void> {
    await this.#reader?.cancel();
  }
}

/** A body made of its first piece and the ones behind it. */
export function bodyOf(first: Piece, next: () => Promise<Piece>, dropped: () => void): ReadableStream<Uint8Array> {
  let piece: Piece | undefined = first;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        for (;;) {
          const { bytes, more } = piece ?? (await next());
          piece = undefined;
          if (bytes.length > 0) controller.enqueue(bytes);
          if (!more) controller.close();
          if (!more || bytes.length > 0) return;
        }
      },
      cancel: dropped,
    },
    { highWaterMark: 1 },
  );
}
