import type { Duplex } from 'node:stream';
import { Pace } from '../../model/pace.ts';
import type { BrokerConfig } from '../config.ts';
import { CONNECT, DISCONNECT, type FrameFault, FrameGuard } from './frame-guard.ts';
import { UNACCEPTABLE_LEVEL, unknownLevel } from './protocol-level.ts';

type Limits = Pick<BrokerConfig, 'maxConnectBytes' | 'maxPacketBytes' | 'packetsPerSecond'>;

/** Bytes read at a time of a sender that was too fast: so little comes after each wait. */
const SLICE_BYTES = 2 * 1024;
/** So long after a wait a sender still counts as one that was too fast, ms. */
const CAREFUL_MS = 1_000;
/** Longest wait: behind what is not read there may be a PINGREQ. */
const LONGEST_MS = 5_000;

/**
 * What Aedes gets to read of a socket. It stands in front of the parser by taking over the stream's own `read`, which
 * costs no copy and no second stream. Until the client is let in only its CONNECT passes; what it sent behind it stays
 * in the socket. A frame that must not pass is never handed on. While paused the socket is not read at all, so that
 * TCP slows the sender down.
 */
export class Intake {
  /** The client said DISCONNECT: its going is no loss. */
  goodbye = false;
  readonly #socket: Duplex;
  readonly #read: (size?: number) => unknown;
  readonly #limits: Limits;
  readonly #guard: FrameGuard;
  readonly #pace: Pace;
  readonly #onFault: (fault: FrameFault) => void;
  #stage: 'connect' | 'waiting' | 'open' | 'discarding' = 'connect';
  #paused = false;
  #pacing: NodeJS.Timeout | undefined;
  /** When the present wait, or the last one, ends. */
  #waitUntil = 0;
  #careful = false;

  constructor(socket: Duplex, limits: Limits, onFault: (fault: FrameFault) => void) {
    this.#socket = socket;
    this.#read = socket.read.bind(socket);
    this.#limits = limits;
    this.#guard = new FrameGuard(limits.maxConnectBytes, true);
    this.#pace = new Pace(limits.packetsPerSecond);
    this.#onFault = onFault;
    socket.read = (size?: number) => (size === 0 ? this.#read(0) : this.#next());
    socket.once('close', () => clearTimeout(this.#pacing));
  }

  /** Whether the sender is being slowed down, by `pause` or by its pace. */
  get slowed(): boolean {
    return this.#paused || this.#pacing !== undefined;
  }

  /** The client was let in: everything within the limits passes from now on. */
  open(): void {
    if (this.#stage === 'discarding') return;
    this.#stage = 'open';
    this.#guard.limit = this.#limits.maxPacketBytes;
    this.#wake();
  }

  pause(): void {
    this.#paused = true;
  }

  /** Reads nothing for `ms`, and for a while after that little at a time. */
  slowDown(ms: number): void {
    const until = Date.now() + Math.min(ms, LONGEST_MS);
    if (until > this.#waitUntil) this.#waitUntil = until;
    this.#careful = true;
    this.#pacing ??= setTimeout(() => this.#waited(), Math.min(ms, LONGEST_MS));
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#wake();
  }

  /**
   * Hands on nothing more and throws away what still comes: a socket closed with unread bytes is reset, and a reset
   * may take with it what the client has not read yet.
   */
  discard(): void {
    if (this.#stage === 'discarding') return;
    this.#stage = 'discarding';
    const drain = () => {
      while (this.#read() !== null);
    };
    this.#socket.on('readable', drain);
    drain();
  }

  #wake(): void {
    if (!this.slowed && !this.#socket.destroyed) this.#socket.emit('readable');
  }

  #next(): Buffer | null {
    if (this.slowed || this.#stage === 'waiting' || this.#stage === 'discarding') return null;
    const chunk = this.#careful ? this.#slice() : this.#read();
    if (!(chunk instanceof Buffer)) return null;
    return this.#stage === 'connect' ? this.#connect(chunk) : this.#inspect(chunk);
  }

  #slice(): unknown {
    if (Date.now() > this.#waitUntil + CAREFUL_MS) this.#careful = false;
    return this.#read(SLICE_BYTES) ?? this.#read();
  }

  /** Lets the CONNECT through and puts back what came behind it. */
  #connect(chunk: Buffer): Buffer | null {
    let end = 0;
    do end = this.#guard.advance(chunk, end);
    while (end < chunk.length && !this.#guard.between && !this.#guard.fault);
    if (this.#guard.type !== CONNECT) this.#guard.fault ??= 'malformed';
    if (this.#guard.fault) return this.#refuse(this.#guard.fault);
    if (unknownLevel(chunk)) {
      // Aedes' parser would hang up without a word.
      this.discard();
      this.#socket.end(UNACCEPTABLE_LEVEL);
      return null;
    }
    if (!this.#guard.between) return chunk;
    this.#stage = 'waiting';
    if (end < chunk.length) this.#socket.unshift(chunk.subarray(end));
    return chunk.subarray(0, end);
  }

  #inspect(chunk: Buffer): Buffer | null {
    const guard = this.#guard;
    let frames = 0;
    let good = 0;
    let at = 0;
    while (at < chunk.length) {
      at = guard.advance(chunk, at);
      if (guard.fault) {
        this.#refuse(guard.fault);
        return good > 0 ? chunk.subarray(0, good) : null;
      }
      if (!guard.between) continue;
      good = at;
      frames += 1;
      if (guard.type === DISCONNECT) this.goodbye = true;
    }
    const wait = this.#pace.take(frames, Date.now());
    if (wait > 0) this.slowDown(wait);
    return chunk;
  }

  #waited(): void {
    this.#pacing = undefined;
    const left = this.#waitUntil - Date.now();
    if (left > 0) this.#pacing = setTimeout(() => this.#waited(), left);
    else this.#wake();
  }

  #refuse(fault: FrameFault): null {
    this.#onFault(fault);
    return null;
  }
}
