/** A way to the city. */
export interface Sender {
  /**
   * Resolves when the city has acknowledged the message, which holds `count` readings. Rejects where it refuses it, and
   * with Unanswered where nothing was heard for as long as the sender is patient.
   */
  send(device: string, payload: string, count: number): Promise<void>;
  /** Notices of what was quarantined that were seen so far, by reason. */
  rejected(): Readonly<Record<string, number>>;
  close(): Promise<void>;
}

export interface SenderOptions {
  readonly domain: string;
  readonly passwordOf: (device: string) => string;
  /** Ms that a message may stay without an acknowledgement; the city holds messages back while its disk is slow. */
  readonly patienceMs: number;
}

/** The city did not answer, or only asked to wait, for longer than a sender is patient. */
export class Unanswered extends Error {
  override readonly name = 'Unanswered';
}
