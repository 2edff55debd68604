/** What the browser keeps under a name, parsed; undefined where it keeps nothing, anything else, or may not keep. */
export function readKept(name: string): unknown {
  try {
    const text = window.localStorage.getItem(name);
    return text === null ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Keeps a value under a name; answers whether it could be: storage may be forbidden (private mode), or full. */
export function keep(name: string, value: unknown): boolean {
  try {
    window.localStorage.setItem(name, JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}

/** An object whose fields may be looked at; null for anything else. */
export const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
