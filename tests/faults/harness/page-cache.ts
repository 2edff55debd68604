import type { TracedCall } from '../trace.ts';

/** Linux keeps, writes and forgets whole pages. */
const PAGE = 4_096;

/**
 * What a disk is sure to hold of one file, by the system calls that its process made: the kernel's page cache as a model.
 * A write changes the cache and marks its pages; a flush that succeeds takes to disk what was marked before it began; one
 * that fails takes away the marks and nothing else, so that a later flush knows nothing of those pages (fsync(2), Linux
 * since 4.13). Whatever is not on disk is gone when the power is cut.
 */
export class PageCache {
  readonly #cache = new Map<number, Buffer>();
  readonly #disk = new Map<number, Buffer>();
  /** When the pages that no flush has taken care of were written. */
  readonly #marked = new Map<number, number>();
  readonly #offsets = new Map<number, number>();
  #pages = 0;
  #flushes = 0;

  /** `file` is its content, all of it on disk. */
  constructor(file: Buffer) {
    this.#write(0, file, 0);
    this.#flush({ begin: 1, ok: true });
    this.#flushes = 0;
  }

  /** Flushes that succeeded. */
  get flushes(): number {
    return this.#flushes;
  }

  /** Pages that would be lost now. */
  get unflushed(): number {
    return this.#marked.size;
  }

  /** Takes the calls of `strace -xx -s …` on this file alone, in the order of their ends. Throws on a call it does not know. */
  take(calls: readonly TracedCall[]): void {
    for (const call of calls) this.#take(call);
  }

  /** The file after the power was cut. */
  image(): Buffer {
    const none = Buffer.alloc(PAGE);
    return Buffer.concat(Array.from({ length: this.#pages }, (_, page) => this.#disk.get(page) ?? none));
  }

  #take({ name, text, begin, end, result }: TracedCall): void {
    const [, fd = '', rest = ''] = /^(\d+)(?:, (.*))?$/s.exec(text) ?? [];
    const at = Number(fd);
    if (name === 'fdatasync' || name === 'fsync') this.#flush({ begin, ok: result === 0 });
    else if (result < 0) return;
    else if (name === 'lseek') this.#offsets.set(at, result);
    else if (name === 'pwrite64') this.#write(Number(/, (\d+)$/.exec(rest)?.[1]), bytesOf(rest, result), end);
    else if (name === 'write' || name === 'writev') {
      const offset = this.#offsets.get(at);
      if (offset === undefined) throw new Error(`where does ${name}(${fd}) write?`);
      this.#write(offset, bytesOf(rest, result), end);
      this.#offsets.set(at, offset + result);
    } else throw new Error(`what does ${name} do to a file?`);
  }

  #write(offset: number, bytes: Buffer, end: number): void {
    for (let done = 0; done < bytes.length; ) {
      const number = Math.floor((offset + done) / PAGE);
      const within = (offset + done) % PAGE;
      const page = this.#cache.get(number) ?? Buffer.alloc(PAGE);
      done += bytes.copy(page, within, done, done + PAGE - within);
      this.#cache.set(number, page);
      this.#marked.set(number, end);
      this.#pages = Math.max(this.#pages, number + 1);
    }
  }

  #flush({ begin, ok }: { begin: number; ok: boolean }): void {
    if (ok) this.#flushes += 1;
    for (const [number, written] of this.#marked) {
      if (written >= begin) continue;
      this.#marked.delete(number);
      const page = this.#cache.get(number);
      if (ok && page) this.#disk.set(number, Buffer.from(page));
    }
  }
}

/** All strings of a call's arguments, one behind the other, as far as they were written. */
function bytesOf(text: string, length: number): Buffer {
  const hex = [...text.matchAll(/"((?:\\x[0-9a-f]{2})*)"/g)].map(([, string = '']) => string.replaceAll('\\x', ''));
  const bytes = Buffer.from(hex.join(''), 'hex');
  if (bytes.length < length) throw new Error(`the trace has ${bytes.length} of ${length} bytes written`);
  return bytes.subarray(0, length);
}
