/** Identifier, as a measurement or a database. */
export const quoteName = (name: string): string => `"${name.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;

/** String literal, as a tag's value. */
export const quoteText = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

/** `from` inclusive, `to` exclusive; ms. */
export const between = (from: number, to: number): string => `time >= ${from}ms AND time < ${to}ms`;

/** So many tag values in one statement: more make it slow to plan. */
const DEVICES_PER_STATEMENT = 1_000;

/**
 * Conditions that hold for the given devices, up to a thousand in each. A regular expression of alternatives is planned
 * ten times as fast as a thousand ORs; the ids of the model have no character that means something in it.
 */
export function deviceConditions(devices: readonly string[]): readonly string[] {
  const [only] = devices;
  if (devices.length === 1 && only !== undefined) return [`device = ${quoteText(only)}`];
  const conditions: string[] = [];
  for (let i = 0; i < devices.length; i += DEVICES_PER_STATEMENT)
    conditions.push(`device =~ /^(${devices.slice(i, i + DEVICES_PER_STATEMENT).join('|')})$/`);
  return conditions;
}
