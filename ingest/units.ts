import { LRUCache } from 'lru-cache';

/** Converts a value from one UCUM unit to another; `unknown-unit` and `inconvertible-unit` where that has no meaning. */
export type UnitConverter = (value: number, from: string, to: string) => number | 'unknown-unit' | 'inconvertible-unit';

/** Characters of a unit. Those of real ones are a few; the library's time grows with the square, and each is remembered. */
const LONGEST = 100;

type Conversion = ((value: number) => number) | 'unknown-unit' | 'inconvertible-unit';

/**
 * A converter over LHNCBC's UCUM library. Each pair of units is looked up once: units convert by a factor and an
 * offset, which two points give; those that do not (logarithms) are asked of the library each time.
 */
export async function openUnitConverter(): Promise<UnitConverter> {
  const { UcumLhcUtils } = await import('@lhncbc/ucum-lhc');
  const library = UcumLhcUtils.getInstance();
  const known = new LRUCache<string, { conversion: Conversion }>({ max: 1_000 });

  const ask = (value: number, from: string, to: string): number | undefined => {
    const answer = library.convertUnitTo(from, value, to);
    return answer.status === 'succeeded' && answer.toVal !== null ? answer.toVal : undefined;
  };
  const find = (from: string, to: string): Conversion => {
    if (library.validateUnitString(from).status !== 'valid') return 'unknown-unit';
    const [at0, at1, at100] = [ask(0, from, to), ask(1, from, to), ask(100, from, to)];
    if (at100 === undefined) return 'inconvertible-unit';
    if (at0 !== undefined && at1 !== undefined) {
      const factor = at1 - at0;
      if (Math.abs(at0 + factor * 100 - at100) <= 1e-9 * Math.max(1, Math.abs(at100)))
        return (value) => at0 + factor * value;
    }
    return (value) => ask(value, from, to) ?? Number.NaN;
  };
  return (value, from, to) => {
    if (from === to) return value;
    if (from.length > LONGEST) return 'unknown-unit';
    const key = `${from} ${to}`;
    let entry = known.get(key);
    if (!entry) {
      entry = { conversion: find(from, to) };
      known.set(key, entry);
    }
    return typeof entry.conversion === 'function' ? entry.conversion(value) : entry.conversion;
  };
}
