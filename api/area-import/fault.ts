import { z } from 'zod';
import { CodedError } from '../../model/problem.ts';

/** What is wrong where: `features[3].geometry.coordinates[0][2]`. */
export interface Fault {
  readonly path: string;
  readonly message: string;
}

/** Faults that are named; a file with more is wrong as a whole. */
const FAULTS_AT_MOST = 100;

/** The path of a member in the file, as JavaScript would write it. */
export const pathOf = (parts: readonly PropertyKey[]): string => z.core.toDotPath(parts);

/** What a failed schema found below `at`. */
export function faultsOf(error: z.ZodError, at: readonly PropertyKey[] = []): readonly Fault[] {
  return error.issues
    .slice(0, FAULTS_AT_MOST)
    .map(({ path, message }) => ({ path: pathOf([...at, ...path]) || 'file', message }));
}

/** The error that refuses a file; its first fault is the detail. */
export function refusal(faults: readonly Fault[]): CodedError {
  const [first] = faults;
  const more = faults.length > 1 ? `, and ${faults.length - 1} more` : '';
  const detail = first ? `${first.path}: ${first.message}${more}; nothing was changed` : undefined;
  return new CodedError(
    'invalid-areas',
    detail,
    faults.slice(0, FAULTS_AT_MOST).map((fault) => ({ ...fault })),
  );
}
