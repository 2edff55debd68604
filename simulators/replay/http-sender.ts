import pRetry, { AbortError } from 'p-retry';
import { z } from 'zod';
import { type Sender, type SenderOptions, Unanswered } from './sender.ts';

const Accepted = z.object({ accepted: z.number() });
/** The city asks to come back later. */
const LATER = new Set([429, 503]);

/**
 * Sends over the devices' HTTP endpoint with Basic authentication (RFC 7617). Tries again where the city asks to wait or
 * does not answer, as an MQTT client would: sending twice is harmless.
 */
export function createHttpSender(url: string, { passwordOf, patienceMs }: SenderOptions): Sender {
  const base = url.replace(/\/+$/, '');

  const exchange = async (device: string, payload: string): Promise<{ status: number; text: string }> => {
    try {
      const response = await fetch(`${base}/api/v1/devices/${device}/telemetry`, {
        method: 'POST',
        headers: {
          authorization: `Basic ${Buffer.from(`${device}:${passwordOf(device)}`).toString('base64')}`,
          'content-type': 'application/json',
        },
        body: payload,
        signal: AbortSignal.timeout(patienceMs),
      });
      return { status: response.status, text: await response.text() };
    } catch (error) {
      throw new Unanswered(`${device}: ${base} does not answer`, { cause: error });
    }
  };
  const post = async (device: string, payload: string, count: number): Promise<void> => {
    const { status, text } = await exchange(device, payload);
    if (status !== 202) {
      const message = `${device}: ${status} ${text.slice(0, 200)}`;
      throw LATER.has(status) ? new Unanswered(message) : new AbortError(message);
    }
    const { accepted } = Accepted.parse(JSON.parse(text));
    if (accepted !== count) throw new AbortError(`${device}: ${accepted} of ${count} readings were accepted`);
  };

  return {
    send: (device, payload, count) =>
      pRetry(() => post(device, payload, count), {
        retries: Number.POSITIVE_INFINITY,
        maxRetryTime: patienceMs,
        minTimeout: 200,
        maxTimeout: 5_000,
      }),
    rejected: () => ({}),
    close: async () => {},
  };
}
