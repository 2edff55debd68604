/** A field's value in line protocol: a float, an integer (`i`), an unsigned integer (`u`), a boolean, a string. */
export type FieldValue =
  | { readonly type: 'float'; readonly value: number }
  | { readonly type: 'integer' | 'unsigned'; readonly value: bigint }
  | { readonly type: 'boolean'; readonly value: boolean }
  | { readonly type: 'string'; readonly value: string };

/** Digits can be read in one way only: two ways would be tried in all their combinations on a long word that is none. */
const FLOAT = /^-?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;
const INTEGER = /^-?\d+$/;
const UNSIGNED = /^\d+$/;
/** Digits of the largest integer of 64 bits; leading zeros may come before. */
const LONGEST = /^-?0*\d{1,20}$/;
const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ...['t', 'T', 'true', 'True', 'TRUE'].map((text) => [text, true] as const),
  ...['f', 'F', 'false', 'False', 'FALSE'].map((text) => [text, false] as const),
]);

/** The value of a bare word, undefined where it is none or out of range (a float beyond a double, an integer beyond 64 bits). */
export function fieldValue(text: string): FieldValue | undefined {
  const boolean = BOOLEANS.get(text);
  if (boolean !== undefined) return { type: 'boolean', value: boolean };
  const digits = text.slice(0, -1);
  if (text.endsWith('i')) return whole('integer', integer(digits));
  if (text.endsWith('u')) return whole('unsigned', unsigned(digits));
  const value = FLOAT.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(value) ? { type: 'float', value } : undefined;
}

/** A signed integer of 64 bits. */
export function integer(text: string): bigint | undefined {
  if (!INTEGER.test(text) || !LONGEST.test(text)) return undefined;
  const value = BigInt(text);
  return BigInt.asIntN(64, value) === value ? value : undefined;
}

function unsigned(text: string): bigint | undefined {
  if (!UNSIGNED.test(text) || !LONGEST.test(text)) return undefined;
  const value = BigInt(text);
  return BigInt.asUintN(64, value) === value ? value : undefined;
}

const whole = (type: 'integer' | 'unsigned', value: bigint | undefined): FieldValue | undefined =>
  value === undefined ? undefined : { type, value };
