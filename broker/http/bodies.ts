import { z } from '@hono/zod-openapi';
import { CodedError } from '../../model/problem.ts';
import { SenmlPack } from '../../model/senml.ts';
import { TelemetryMessage } from '../../model/telemetry.ts';
import type { DeviceFormat } from '../../model/topic.ts';
import { countMaps } from './cbor-records.ts';

/** What a device may post under a media type. */
interface BodyType {
  readonly format: DeviceFormat;
  /** For the API's document; the journal keeps the body as it came. */
  readonly schema: z.ZodType;
  /** How many readings, records or lines the body holds. Throws a CodedError where it does not look like its type. */
  readonly count: (body: Uint8Array) => number;
}

/** Telegraf's output and InfluxDB's clients send line protocol as `text/plain; charset=utf-8`. */
export const BODY_TYPES: Readonly<Record<string, BodyType>> = {
  'application/json': { format: 'json', schema: TelemetryMessage, count: countReadings },
  'application/senml+json': { format: 'senml', schema: SenmlPack, count: countRecords },
  'application/senml+cbor': {
    format: 'senml-cbor',
    schema: z.string().meta({ format: 'binary', description: 'A SenML pack in CBOR (RFC 8428, section 6).' }),
    count: countCborRecords,
  },
  'text/plain': {
    format: 'line',
    schema: z.string().meta({
      description: 'InfluxDB line protocol, timestamps in nanoseconds.',
      example: 'counter mean_speed=31.5,vehicle_count=12i 1764000000000000000\n',
    }),
    count: countLines,
  },
};

/** The type of a Content-Type header's value, whatever its parameters; throws `unsupported-media-type`. */
export function bodyTypeOf(header: string | undefined): BodyType {
  const name = header?.split(';')[0]?.trim().toLowerCase() ?? '';
  const type = Object.hasOwn(BODY_TYPES, name) ? BODY_TYPES[name] : undefined;
  if (!type) throw new CodedError('unsupported-media-type', `send ${Object.keys(BODY_TYPES).join(', ')}`);
  return type;
}

/** How many readings a JSON body holds. Whether each is good is for ingest to say; here it only has to look like a message. */
export function countReadings(body: Uint8Array): number {
  const message = parse(body);
  return count(Array.isArray(message) ? message : [message], 'one reading or a non-empty array of readings');
}

function countRecords(body: Uint8Array): number {
  return count(parse(body), 'a non-empty array of SenML records');
}

function countCborRecords(body: Uint8Array): number {
  let records = 0;
  try {
    records = countMaps(body);
  } catch {
    // As where there is none.
  }
  if (records === 0) throw new CodedError('invalid-request', 'the body is a non-empty CBOR array of SenML records');
  return records;
}

/** Lines of text that are neither empty nor comments: a line end within a string counts too. */
function countLines(body: Uint8Array): number {
  const lines = Buffer.from(body).toString('latin1').split('\n');
  const found = lines.filter((line) => /^ *[^ #\r]/.test(line)).length;
  if (found === 0) throw new CodedError('invalid-request', 'the body has no line');
  return found;
}

function parse(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw new CodedError('malformed-json');
  }
}

function count(message: unknown, what: string): number {
  const isObject = (part: unknown) => typeof part === 'object' && part !== null && !Array.isArray(part);
  if (!Array.isArray(message) || message.length === 0 || !message.every(isObject))
    throw new CodedError('invalid-request', `the body is ${what}`);
  return message.length;
}
