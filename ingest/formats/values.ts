/** Values of one reading under the names that a device gave them. A name may be anything, and each counts. */
export type NamedValues = Record<string, unknown>;

/** Sets a value under a name; false, and nothing set, where the name has one already. */
export function addValue(values: NamedValues, name: string, value: unknown): boolean {
  if (Object.hasOwn(values, name)) return false;
  // The only name that an assignment would not keep.
  if (name === '__proto__')
    Object.defineProperty(values, name, { value, enumerable: true, configurable: true, writable: true });
  else values[name] = value;
  return true;
}
