/** A way to the city. */
export interface Sender {
  /** Resolves when the city has acknowledged the message, which holds `count` readings; rejects where it does not. */
  send(device: string, payload: string, count: number): Promise<void>;
  /** Notices of quarantined readings seen so far, by code. */
  rejected(): Readonly<Record<string, number>>;
  close(): Promise<void>;
}

export interface SenderOptions {
  readonly domain: string;
  readonly passwordOf: (device: string) => string;
}

/** An acknowledgement that takes longer has failed; the city holds messages back while its disk is slow. */
export const ACKNOWLEDGED_WITHIN_MS = 60_000;
