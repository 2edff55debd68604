/**
 * InfluxDB line protocol: `measurement,tag=value field=1.5,other=2i 1764000000000000000`. Strict, and equal to the
 * points and errors of InfluxData's reference decoder; a faulty line takes none of its neighbours along. Pure.
 */
import { COMMA, EQUALS, endsAt, QUOTE, Scanner } from './scanner.ts';
import { type FieldValue, fieldValue, integer } from './value.ts';

export interface LinePoint {
  readonly measurement: string;
  readonly tags: readonly (readonly [key: string, value: string])[];
  /** At least one; a key may be there twice. */
  readonly fields: readonly (readonly [key: string, value: FieldValue])[];
  /** As the sender counts, by default ns since the epoch; a signed integer of 64 bits. */
  readonly timestamp: bigint | undefined;
}

/** A line that is no point, with its measurement as far as it could be read. */
export interface LineFault {
  readonly fault: string;
  readonly measurement: string;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** What ends a name. */
const MEASUREMENT_ENDS = endsAt(', ');
const KEY_ENDS = endsAt(',= ');

/** Every point and fault of a payload, in its order; empty lines and comments are neither. Never throws. */
export function parseLines(payload: Uint8Array): readonly (LinePoint | LineFault)[] {
  const scanner = scannerOf(payload);
  const found: (LinePoint | LineFault)[] = [];
  for (scanner.skipEmptyLines(); !scanner.ended; scanner.skipEmptyLines()) found.push(parseLine(scanner));
  return found;
}

/** Bytes that are not UTF-8 are read as one character each, and the tokens that hold them are at fault. */
function scannerOf(payload: Uint8Array): Scanner {
  try {
    return new Scanner(utf8.decode(payload), (token) => token);
  } catch {
    return new Scanner(Buffer.from(payload).toString('latin1'), (token) => {
      try {
        return utf8.decode(Buffer.from(token, 'latin1'));
      } catch {
        return undefined;
      }
    });
  }
}

function parseLine(scanner: Scanner): LinePoint | LineFault {
  scanner.fault = '';
  const measurement = scanner.name(MEASUREMENT_ENDS) || scanner.fail('a measurement is expected');
  const tags = measurement === undefined ? undefined : parseTags(scanner);
  const fields = tags && parseFields(scanner);
  const time = fields && parseTime(scanner);
  if (measurement !== undefined && time) return { measurement, tags, fields, ...time };
  scanner.skipLine();
  return { fault: scanner.fault, measurement: measurement ?? '' };
}

/** `,key=value` as often as it comes, and the space behind. */
function parseTags(scanner: Scanner): LinePoint['tags'] | undefined {
  const tags: [string, string][] = [];
  const keys = new Set<string>();
  while (scanner.take(COMMA)) {
    const key = scanner.name(KEY_ENDS);
    if (!key || !scanner.take(EQUALS)) return scanner.fail('a tag is key=value');
    const value = scanner.name(KEY_ENDS);
    if (!value) return scanner.fail(`the tag ${key} has no value`);
    if (keys.has(key)) return scanner.fail(`the tag ${key} is there twice`);
    keys.add(key);
    tags.push([key, value]);
  }
  return scanner.skipSpaces() ? tags : scanner.fail('a tag or a field is expected');
}

function parseFields(scanner: Scanner): LinePoint['fields'] | undefined {
  const fields: [string, FieldValue][] = [];
  do {
    const key = scanner.name(KEY_ENDS);
    if (!key || !scanner.take(EQUALS)) return scanner.fail('a field is key=value');
    const value = parseValue(scanner);
    if (value === undefined) return scanner.fail(`${key} has no value of line protocol, or one out of range`);
    fields.push([key, value]);
  } while (scanner.take(COMMA));
  return fields;
}

function parseValue(scanner: Scanner): FieldValue | undefined {
  if (scanner.peek() !== QUOTE) return fieldValue(scanner.word());
  const value = scanner.string();
  return value === undefined ? undefined : { type: 'string', value };
}

/** The timestamp where there is one, and the end of the line. */
function parseTime(scanner: Scanner): Pick<LinePoint, 'timestamp'> | undefined {
  if (!scanner.skipSpaces() && !scanner.atEndOfLine)
    return scanner.fail('a comma or a space is expected behind a field');
  const text = scanner.word();
  const timestamp = text === '' ? undefined : integer(text);
  if (text !== '' && timestamp === undefined) return scanner.fail('the timestamp is not an integer of 64 bits');
  scanner.skipSpaces();
  return scanner.takeEndOfLine() ? { timestamp } : scanner.fail('nothing is expected behind the timestamp');
}
