import { Reading, TelemetryMessage } from '../../model/telemetry.ts';
import type { Rejection } from '../rejection.ts';
import type { Decoding } from './format.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The readings of a message in the city's own JSON, or why there are none. Never throws. */
export function decodeJson(payload: Uint8Array): Decoding | Rejection {
  let text: string;
  try {
    text = utf8.decode(payload);
  } catch {
    return { reason: 'not-utf8', detail: 'the payload is not UTF-8' };
  }
  // A record drops this member without a word, and nothing a device sends may go uncounted.
  if (text.includes('"__proto__"')) return { reason: 'wrong-shape', detail: '__proto__ is not a metric' };
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch (error) {
    return { reason: 'malformed-json', detail: error instanceof SyntaxError ? error.message : 'not JSON' };
  }
  // A single reading is by far the most common: it is tried by itself before the union.
  const reading = Reading.safeParse(message);
  if (reading.success) return { readings: [reading.data], rejections: [] };
  const parsed = Array.isArray(message) ? TelemetryMessage.safeParse(message) : reading;
  if (parsed.success) return { readings: Array.isArray(parsed.data) ? parsed.data : [parsed.data], rejections: [] };
  return { reason: 'wrong-shape', detail: describe(message, parsed.error.issues[0]) };
}

function describe(message: unknown, issue: { path: PropertyKey[]; message: string } | undefined): string {
  if (Array.isArray(message)) {
    const at = message.findIndex((element) => !Reading.safeParse(element).success);
    const inner = Reading.safeParse(message[at]).error?.issues[0];
    return `element ${at}: ${inner?.path.join('.') ?? ''} ${inner?.message ?? 'not a reading'}`;
  }
  return `${issue?.path.join('.') ?? ''} ${issue?.message ?? 'not a reading'}`.trim();
}
