import { setTimeout as delay } from 'node:timers/promises';
import pLimit from 'p-limit';
import pRetry, { AbortError } from 'p-retry';
import { AHEAD_AT_MOST_MS } from '../model/observation.ts';
import { OBSERVATIONS_PER_MESSAGE, type Reading } from '../model/telemetry.ts';
import { dutyOf } from './duty.ts';
import { payloadOf, wearOf } from './faults.ts';
import type { SimulatedDevice } from './script.ts';

export interface HistoryOptions {
  /** The readings of `from <= time < to` (ms since the epoch) are sent. */
  readonly from: number;
  readonly to: number;
  /** Sends one message of a device and resolves with the HTTP status; rejects where the city does not answer. */
  readonly post: (device: string, payload: string) => Promise<number>;
  /** Messages that the city has taken and not stored yet: history waits for them, so that live readings need not. */
  readonly pending: () => Promise<number>;
  /** So large a share (0 to 1) is sent; `device` was the last one and has nothing left. */
  readonly sent: (share: number, device: string) => void;
  /** Ends the sending early; what was sent is harmless to send again. */
  readonly signal: AbortSignal;
}

export interface HistorySummary {
  readonly devices: number;
  readonly readings: number;
  readonly messages: number;
  /** Devices whose history the city did not take: they are gone, or their credential is. */
  readonly refused: number;
}

/** Half of what the city takes in one message: it is taken apart in one go. */
const MESSAGE_BYTES = 64 * 1_024;
/** Devices that send at the same time. */
const AT_ONCE = 8;
/** Messages waiting for the store above which history pauses, and for how long. */
const PENDING_AT_MOST = 40;
const PAUSE_MS = 20;
/** Statuses by which the city asks to come back. */
const LATER = new Set([408, 429, 500, 502, 503, 504]);

export interface HistoryMessage {
  readonly payload: string;
  readonly readings: number;
}

/**
 * What a device would have sent in that time, as arrays of readings, oldest first; what the city will not store goes by
 * itself. Left out is what it did not even take then: texts that are no JSON, and readings of a clock too far ahead.
 */
export function* historyOf(simulated: SimulatedDevice, from: number, to: number): Generator<HistoryMessage> {
  const duty = dutyOf(simulated);
  const wear = wearOf(simulated);
  let parts: string[] = [];
  let bytes = 0;
  let observations = 0;
  const message = (): HistoryMessage => ({ payload: `[${parts.join()}]`, readings: parts.length });

  const taken = (made: number, { time }: Reading) => typeof time === 'number' && time <= made + AHEAD_AT_MOST_MS;
  for (let due = duty.after(from - 1); due < to; due = duty.after(due)) {
    for (const outgoing of wear(duty.report(due))) {
      if ('broken' in outgoing) yield { payload: payloadOf(outgoing), readings: 1 };
      if (!('reading' in outgoing) || !taken(due, outgoing.reading)) continue;
      const text = JSON.stringify(outgoing.reading);
      const values = Object.keys(outgoing.reading.values).length;
      if (bytes + text.length > MESSAGE_BYTES || observations + values > OBSERVATIONS_PER_MESSAGE) {
        yield message();
        parts = [];
        bytes = 0;
        observations = 0;
      }
      parts.push(text);
      bytes += text.length + 1;
      observations += values;
    }
  }
  if (parts.length > 0) yield message();
}

/** Sends the devices' history through the telemetry endpoint. Rejects only when `signal` ends it. */
export async function sendHistory(
  devices: readonly SimulatedDevice[],
  { from, to, post, pending, sent, signal }: HistoryOptions,
): Promise<HistorySummary> {
  const counts = { devices: 0, readings: 0, messages: 0, refused: 0 };

  async function deliver(device: string, payload: string): Promise<void> {
    while ((await pending()) > PENDING_AT_MOST) await delay(PAUSE_MS, undefined, { signal });
    const attempt = async () => {
      const status = await post(device, payload);
      if (status === 202) return;
      const error = new Error(`${device}: ${status}`);
      throw LATER.has(status) ? error : new AbortError(error);
    };
    await pRetry(attempt, { retries: Number.POSITIVE_INFINITY, minTimeout: 200, maxTimeout: 5_000, signal });
  }

  async function send(simulated: SimulatedDevice): Promise<void> {
    const { id } = simulated.device;
    try {
      for (const { payload, readings } of historyOf(simulated, from, to)) {
        signal.throwIfAborted();
        await deliver(id, payload);
        counts.messages += 1;
        counts.readings += readings;
      }
    } catch {
      signal.throwIfAborted();
      counts.refused += 1;
    }
    counts.devices += 1;
    sent(counts.devices / devices.length, id);
  }

  const turn = pLimit(AT_ONCE);
  await Promise.all(devices.map((device) => turn(() => send(device))));
  return counts;
}
