import { CsvError, parse } from 'csv-parse/sync';
import { z } from 'zod';
import type { Catalogue } from '../model/catalogue.ts';
import { type Device, NewDevice } from '../model/device.ts';
import { CodedError, type Problem } from '../model/problem.ts';
import { faultsOf } from './problem.ts';
import { register } from './registration.ts';

type Errors = NonNullable<Problem['errors']>;
/** A row as the file has it, not yet judged, with its line number. */
interface Row {
  readonly line: number;
  readonly value: unknown;
}

/** Devices in one import. */
export const IMPORT_AT_MOST = 20_000;
/** Faults that are named; a file with more is wrong as a whole. */
const ERRORS_AT_MOST = 100;

export const IMPORT_TYPES = ['application/x-ndjson', 'text/csv'] as const;
export type ImportType = (typeof IMPORT_TYPES)[number];

const refuse = (errors: Errors, detail: string) =>
  new CodedError('invalid-device', detail, errors.slice(0, ERRORS_AT_MOST));

function ndjson(text: string): readonly Row[] {
  return text.split('\n').flatMap((raw, i) => {
    if (raw.trim() === '') return [];
    try {
      return [{ line: i + 1, value: JSON.parse(raw) }];
    } catch {
      throw refuse([{ path: `line ${i + 1}`, message: 'not JSON' }], `line ${i + 1} is not JSON`);
    }
  });
}

const CsvRow = z.object({ record: z.record(z.string(), z.string()), info: z.object({ lines: z.number() }) });
const COLUMNS = new Set(['id', 'domain', 'kind', 'name', 'lon', 'lat', 'geometry', 'provider', 'simulated']);
const BOOLEANS: Readonly<Record<string, boolean>> = { true: true, false: false };

/** A CSV record as a NewDevice is written; empty cells count as absent. What does not parse stays as it is, to be refused. */
function deviceOf(record: Readonly<Record<string, string>>): unknown {
  const cells = Object.entries(record).filter(([, cell]) => cell !== '');
  const { lon, lat, geometry, simulated, ...rest } = Object.fromEntries(cells.filter(([name]) => COLUMNS.has(name)));
  const tags = cells.filter(([name]) => name.startsWith('tag:')).map(([name, cell]) => [name.slice(4), cell]);
  return {
    ...rest,
    ...(lon === undefined && lat === undefined ? {} : { position: [Number(lon), Number(lat)] }),
    ...(geometry === undefined ? {} : { geometry: parsed(geometry) }),
    ...(simulated === undefined ? {} : { simulated: BOOLEANS[simulated] ?? simulated }),
    ...(tags.length > 0 ? { tags: Object.fromEntries(tags) } : {}),
  };
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return json;
  }
}

function csv(text: string): readonly Row[] {
  let rows: unknown;
  try {
    rows = parse(text, {
      bom: true,
      columns: (header: string[]) => {
        const unknown = header.filter((name) => !COLUMNS.has(name) && !name.startsWith('tag:'));
        if (unknown.length > 0) {
          const known = [...COLUMNS, 'tag:<name>'].join(', ');
          throw refuse(
            unknown.map((name) => ({ path: 'line 1', message: `there is no column ${name}` })),
            `the columns are ${known}`,
          );
        }
        return header;
      },
      info: true,
      skip_empty_lines: true,
      trim: true,
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = typeof error.lines === 'number' ? `line ${error.lines}` : 'file';
    throw refuse([{ path: line, message: error.message }], 'the body is not CSV (RFC 4180)');
  }
  return z
    .array(CsvRow)
    .parse(rows)
    .map(({ record, info }) => ({ line: info.lines, value: deviceOf(record) }));
}

/** Reads and checks every device of an import; throws CodedError `invalid-device` naming the lines that are wrong. */
export function readImport(text: string, type: ImportType, catalogue: Catalogue, at: string): readonly Device[] {
  const rows = type === 'text/csv' ? csv(text) : ndjson(text);
  if (rows.length === 0) throw new CodedError('invalid-request', 'the body holds no device');
  if (rows.length > IMPORT_AT_MOST)
    throw new CodedError('payload-too-large', `an import has at most ${IMPORT_AT_MOST} devices`);
  const errors: Errors = [];
  const devices: Device[] = [];
  const lines = new Map<string, number>();
  const fault = (line: number, path: string, message: string) =>
    errors.push({ path: path ? `line ${line}: ${path}` : `line ${line}`, message });

  for (const { line, value } of rows) {
    const given = NewDevice.safeParse(value);
    if (!given.success) {
      for (const { path, message } of faultsOf(given.error)) fault(line, path, message);
      continue;
    }
    const first = lines.get(given.data.id);
    if (first !== undefined) fault(line, 'id', `line ${first} has the same id`);
    lines.set(given.data.id, line);
    const registration = register(given.data, catalogue, at);
    if ('device' in registration) devices.push(registration.device);
    else for (const { path, message } of registration.errors) fault(line, path, message);
  }
  if (errors.length > 0) throw refuse(errors, `${errors.length} faults; nothing was registered`);
  return devices;
}
