import { Tokenizer, Type } from 'cborg';

/**
 * How many maps a CBOR array of maps holds. It walks over the tokens and builds nothing: 128 KiB of empty maps cost the
 * thread that acknowledges a few milliseconds, and depth costs no stack. Throws where the bytes are no such array, or
 * no well-formed CBOR as far as lengths and nesting go; what is in the maps is not looked at.
 */
export function countMaps(bytes: Uint8Array): number {
  const tokens = new Tokenizer(bytes);
  /** Items that each open container still awaits; Infinity until its break. */
  const awaited: number[] = [1];
  let maps = 0;
  while (awaited.length > 0) {
    const left = awaited.at(-1) ?? 0;
    if (left === 0) {
      awaited.pop();
      continue;
    }
    if (tokens.done()) throw new Error('the bytes end too soon');
    const { type, value } = tokens.next();
    if (Type.equals(type, Type.break)) {
      if (left !== Number.POSITIVE_INFINITY) throw new Error('a break where none may be');
      awaited.pop();
      continue;
    }
    const depth = awaited.length;
    awaited[depth - 1] = left - 1;
    if (depth === 1 && !Type.equals(type, Type.array)) throw new Error('not an array');
    if (depth === 2 && !Type.equals(type, Type.map)) throw new Error('not an array of maps');
    if (depth === 2) maps += 1;
    const within = itemsWithin(type, Number(value));
    if (within !== undefined) awaited.push(within);
  }
  if (!tokens.done()) throw new Error('bytes behind the array');
  return maps;
}

/** How many items follow within one that holds others; undefined where it holds none. */
function itemsWithin(type: Type, length: number): number | undefined {
  if (Type.equals(type, Type.array)) return length;
  if (Type.equals(type, Type.map)) return length * 2;
  return Type.equals(type, Type.tag) ? 1 : undefined;
}
