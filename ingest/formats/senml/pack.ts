import { SENML_VERSION, SenmlPack } from '../../../model/senml.ts';
import { OBSERVATIONS_PER_MESSAGE } from '../../../model/telemetry.ts';
import type { Rejection } from '../../rejection.ts';

/** Of more the observations are too many, even if each had its longitude and latitude: nothing of it is looked at. */
export const RECORDS_AT_MOST = 4 * OBSERVATIONS_PER_MESSAGE;

/** The rejection of a pack of more records. */
export const tooManyRecords = (): Rejection => ({
  reason: 'too-many-observations',
  detail: `more than ${RECORDS_AT_MOST} records in one pack`,
});

/**
 * A parsed value as a SenML Pack, or why it is none: it asks for what the city does not understand (RFC 8428, section
 * 4.4: a higher version, or an unknown label that ends in "_"), or a field that its records share is of another type.
 */
export function readPack(value: unknown): SenmlPack | Rejection {
  if (!Array.isArray(value)) return malformed('a pack is an array of records');
  if (value.length > RECORDS_AT_MOST) return tooManyRecords();
  const unknown = mandatory(value);
  if (unknown !== undefined)
    return malformed(`${JSON.stringify(unknown)} must be understood, and the city does not know it`);
  const pack = SenmlPack.safeParse(value);
  if (!pack.success) {
    const [issue] = pack.error.issues;
    return malformed(`${issue?.path.join('.') ?? ''} ${issue?.message ?? 'not a pack'}`.trim());
  }
  const version = pack.data.find((record) => record.bver !== undefined && record.bver > SENML_VERSION)?.bver;
  return version === undefined ? pack.data : malformed(`bver is ${version}, above ${SENML_VERSION}`);
}

/** A label that must be understood: no label that is known ends in "_". */
function mandatory(records: readonly unknown[]): string | undefined {
  for (const record of records) {
    if (typeof record !== 'object' || record === null) continue;
    for (const label of Object.keys(record)) if (label.endsWith('_')) return label;
  }
  return undefined;
}

const malformed = (detail: string): Rejection => ({ reason: 'malformed-senml', detail });
