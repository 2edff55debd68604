import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { CodedError } from '../model/problem.ts';
import type { Format } from '../model/topic.ts';
import { BacklogFull } from '../storage/journal/backlog.ts';
import type { JournalWriter } from '../storage/journal/port.ts';
import type { Principal } from '../storage/registry/port.ts';
import type { BrokerConfig } from './config.ts';
import type { Budgets } from './limits/budget.ts';
import { Receipts } from './receipt.ts';
import type { Session, Sessions } from './sessions/session.ts';

/** Below half of a limit, whoever was held at it may go on: no flapping at the edge. */
const RESUME_AT = 0.5;
/** How often a stalled client is looked for, within the patience. */
const SWEEPS = 8;
/** What a waiting message takes beside its payload, bytes: its packet, promises and place in line. */
const MESSAGE_BYTES = 1024;
/** Longest that an HTTP request of a sender that is too fast is held; beyond, it is sent away. */
const HOLD_MS = 1_000;

export interface GateCounts {
  /** Messages flushed, and so acknowledged or about to be. */
  accepted: number;
  /** Messages that the journal did not take; never acknowledged. */
  refused: number;
  /** Times a client was no longer read because too much was waiting. */
  held: number;
  /** Clients disconnected because no commit came. */
  gaveUp: number;
  /** Messages after which their sender was read, or answered, more slowly: it was at a limit of its device or provider. */
  slowed: number;
}

const TOO_FAST = 'the device, or all devices of its provider together, send more messages a second than they may';

/** Answers Aedes: with nothing to acknowledge, with an error to refuse. */
export type Acknowledge = (error?: Error | null) => void;

/**
 * The one way into the journal, for MQTT and HTTP alike: nothing is acknowledged before it is flushed, nobody may have
 * more waiting than the limits say, and nobody waits for ever.
 */
export class Gate {
  readonly counts: GateCounts = { accepted: 0, refused: 0, held: 0, gaveUp: 0, slowed: 0 };
  readonly #journal: JournalWriter;
  readonly #sessions: Sessions;
  readonly #budgets: Budgets;
  readonly #config: BrokerConfig;
  readonly #log: Logger;
  readonly #receipts = new Receipts();
  readonly #held = new Set<Session>();
  /** What the last sweep saw of clients with messages waiting. */
  readonly #stalls = new WeakMap<Session, { readonly settled: number; readonly since: number }>();
  readonly #sweeper: NodeJS.Timeout;
  #pending = 0;
  #bytes = 0;
  /** All clients together reached the limit and have not come down to half of it. */
  #brimming = false;
  #whenIdle: (() => void) | undefined;

  constructor(journal: JournalWriter, sessions: Sessions, budgets: Budgets, config: BrokerConfig, log: Logger) {
    this.#journal = journal;
    this.#sessions = sessions;
    this.#budgets = budgets;
    this.#config = config;
    this.#log = log;
    this.#sweeper = setInterval(() => this.#sweep(Date.now()), Math.min(1000, config.commitGiveUpMs / SWEEPS));
    this.#sweeper.unref();
  }

  /** Messages, and their payload bytes, that wait for the journal. */
  get waiting(): { readonly messages: number; readonly bytes: number } {
    return { messages: this.#pending, bytes: this.#bytes };
  }

  /** Whether the memory for waiting messages is used up: who cannot be slowed down has to be turned away. */
  get full(): boolean {
    return this.#brimming;
  }

  /** Appends what the session's client sent; acknowledges it once it is flushed, else disconnects the client. */
  pass(session: Session, payload: Uint8Array, format: Format, acknowledge: Acknowledge): void {
    const bytes = payload.length;
    session.pending += 1;
    this.#enter(bytes);
    if (this.#brimming || session.pending >= this.#config.maxPendingPerClient) this.#hold(session);
    session.budget ??= this.#budgets.of(session.principal);
    const wait = session.budget.take(Date.now());
    if (wait > 0) {
      this.counts.slowed += 1;
      session.connection.intake.slowDown(wait);
    }
    session.last = this.#append(session.principal, payload, format).then(
      () => {
        this.#leave(bytes, true);
        this.#settle(session);
        this.answer(session, acknowledge);
        return true;
      },
      (error: unknown) => {
        this.#leave(bytes, false);
        this.#settle(session);
        this.#refuse(session, error);
        return false;
      },
    );
  }

  /**
   * The turn of a message that comes by HTTP, before its body is read: later where the device or its provider is too fast.
   * Rejects with CodedError `too-many-requests` where that would be too late to wait for.
   */
  async turn(principal: Principal): Promise<void> {
    const budget = this.#budgets.of(principal);
    const now = Date.now();
    const before = budget.wait(now);
    if (before > HOLD_MS) {
      this.counts.slowed += 1;
      throw new CodedError('too-many-requests', TOO_FAST, undefined, Math.ceil(before / 1000));
    }
    const wait = budget.take(now);
    if (wait === 0) return;
    this.counts.slowed += 1;
    await delay(wait, undefined, { ref: false });
  }

  /** Appends one message of a device; resolves once it is flushed, rejects where the journal does not take it. */
  async append(principal: Principal, payload: Uint8Array, format: Format): Promise<void> {
    this.#enter(payload.length);
    let flushed = false;
    try {
      await this.#append(principal, payload, format);
      flushed = true;
    } finally {
      this.#leave(payload.length, flushed);
    }
  }

  /** Calls back into Aedes, whose own throw must not end the process. */
  answer(session: Session, acknowledge: Acknowledge, error?: Error): void {
    try {
      acknowledge(error ?? null);
    } catch (thrown) {
      this.#log.error({ err: thrown, client: session.id }, 'an acknowledgement failed');
      session.close('internal-error');
    }
  }

  /** Resolves when nothing waits for the journal any more, or after `ms`. */
  async idle(ms: number): Promise<void> {
    if (this.#pending === 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#whenIdle = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  close(): void {
    clearInterval(this.#sweeper);
  }

  #append(principal: Principal, payload: Uint8Array, format: Format): Promise<number> {
    try {
      return this.#journal.append({
        device: principal.username,
        domain: principal.domain,
        provider: principal.provider,
        format,
        received: this.#receipts.of(principal.username, payload, format, Date.now()),
        payload,
      });
    } catch (error) {
      return Promise.reject(error);
    }
  }

  #enter(bytes: number): void {
    this.#pending += 1;
    this.#bytes += bytes;
    if (this.#taken >= this.#config.maxPendingBytes) this.#brimming = true;
  }

  #leave(bytes: number, flushed: boolean): void {
    this.#pending -= 1;
    this.#bytes -= bytes;
    if (flushed) this.counts.accepted += 1;
    else this.counts.refused += 1;
    if (this.#brimming && this.#taken <= this.#config.maxPendingBytes * RESUME_AT) {
      this.#brimming = false;
      for (const session of [...this.#held]) this.#release(session);
    }
    if (this.#pending === 0) this.#whenIdle?.();
  }

  /** Memory that the waiting messages take, about. */
  get #taken(): number {
    return this.#bytes + this.#pending * MESSAGE_BYTES;
  }

  #settle(session: Session): void {
    session.pending -= 1;
    session.settled += 1;
    if (this.#held.size > 0 && this.#held.has(session)) this.#release(session);
  }

  #hold(session: Session): void {
    if (this.#held.has(session)) return;
    this.#held.add(session);
    this.counts.held += 1;
    session.connection.intake.pause();
  }

  #release(session: Session): void {
    if (this.#brimming || session.pending > this.#config.maxPendingPerClient * RESUME_AT) return;
    this.#held.delete(session);
    session.connection.intake.resume();
  }

  /** Not an error to the device but a closed socket: what has no PUBACK it sends again. */
  #refuse(session: Session, error: unknown): void {
    // Of a full backlog the city is told once, and not by every device.
    const level = error instanceof BacklogFull ? 'debug' : 'warn';
    if (!session.leaving) this.#log[level]({ err: error, client: session.id }, 'not journalled: client disconnected');
    session.close('overload');
  }

  /** A held batch also holds the PINGRESP: give up before the client does, so that it knows nothing was taken. */
  #sweep(now: number): void {
    for (const session of this.#sessions.all()) {
      if (session.pending === 0 || session.leaving) {
        this.#stalls.delete(session);
        continue;
      }
      const seen = this.#stalls.get(session);
      if (seen?.settled !== session.settled) this.#stalls.set(session, { settled: session.settled, since: now });
      else if (now - seen.since >= session.patienceMs) {
        this.counts.gaveUp += 1;
        this.#log.warn({ client: session.id, pending: session.pending }, 'no commit in time: client disconnected');
        session.close('commit-timeout');
      }
    }
  }
}
