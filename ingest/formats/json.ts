import { OBSERVATIONS_PER_MESSAGE, Reading, TelemetryMessage } from '../../model/telemetry.ts';
import { isRejection, type Rejection } from '../rejection.ts';
import type { Decoding } from './format.ts';
import { parseJsonText } from './json-text.ts';

/** The readings of a message in the city's own JSON, or why there are none. Never throws. */
export function decodeJson(payload: Uint8Array): Decoding | Rejection {
  const json = parseJsonText(payload);
  if (isRejection(json)) return json;
  const message = json.value;
  // Before each of them is looked at: describing what is wrong with tens of thousands costs more than reading them.
  if (Array.isArray(message) && message.length > OBSERVATIONS_PER_MESSAGE)
    return {
      reason: 'too-many-observations',
      detail: `more than ${OBSERVATIONS_PER_MESSAGE} readings in one message`,
    };
  // Zod's record drops this member without a word, and nothing a device sends may go uncounted.
  if ((Array.isArray(message) ? message : [message]).some(hasUnkeepable))
    return { reason: 'wrong-shape', detail: '__proto__ is not a metric' };
  // A single reading is by far the most common: it is tried by itself before the union.
  const reading = Reading.safeParse(message);
  if (reading.success) return { readings: [reading.data], rejections: [] };
  const parsed = Array.isArray(message) ? TelemetryMessage.safeParse(message) : reading;
  if (parsed.success) return { readings: Array.isArray(parsed.data) ? parsed.data : [parsed.data], rejections: [] };
  return { reason: 'wrong-shape', detail: describe(message, parsed.error.issues[0]) };
}

/** However it is written: JSON may escape any character of it. */
function hasUnkeepable(element: unknown): boolean {
  if (typeof element !== 'object' || element === null || !('values' in element)) return false;
  return typeof element.values === 'object' && element.values !== null && Object.hasOwn(element.values, '__proto__');
}

function describe(message: unknown, issue: { path: PropertyKey[]; message: string } | undefined): string {
  if (Array.isArray(message)) {
    const at = message.findIndex((element) => !Reading.safeParse(element).success);
    const inner = Reading.safeParse(message[at]).error?.issues[0];
    return `element ${at}: ${inner?.path.join('.') ?? ''} ${inner?.message ?? 'not a reading'}`;
  }
  return `${issue?.path.join('.') ?? ''} ${issue?.message ?? 'not a reading'}`.trim();
}
