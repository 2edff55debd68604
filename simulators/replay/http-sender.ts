import pRetry, { AbortError } from 'p-retry';
import { z } from 'zod';
import { ACKNOWLEDGED_WITHIN_MS, type Sender, type SenderOptions } from './sender.ts';

const Accepted = z.object({ accepted: z.number() });
/** The city asks to come back later. */
const LATER = new Set([429, 503]);

/** Sends over the devices' HTTP endpoint with Basic authentication (RFC 7617); tries again where the city asks to wait. */
export function createHttpSender(url: string, { passwordOf }: SenderOptions): Sender {
  const base = url.replace(/\/+$/, '');

  const post = async (device: string, payload: string, count: number): Promise<void> => {
    const response = await fetch(`${base}/api/v1/devices/${device}/telemetry`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`${device}:${passwordOf(device)}`).toString('base64')}`,
        'content-type': 'application/json',
      },
      body: payload,
      signal: AbortSignal.timeout(ACKNOWLEDGED_WITHIN_MS),
    });
    const text = await response.text();
    if (response.status !== 202) {
      const error = new Error(`${device}: ${response.status} ${text.slice(0, 200)}`);
      throw LATER.has(response.status) ? error : new AbortError(error);
    }
    const { accepted } = Accepted.parse(JSON.parse(text));
    if (accepted !== count) throw new AbortError(`${device}: ${accepted} of ${count} readings were accepted`);
  };

  return {
    send: (device, payload, count) =>
      pRetry(() => post(device, payload, count), { retries: 6, minTimeout: 200, maxTimeout: 10_000 }),
    rejected: () => ({}),
    close: async () => {},
  };
}
