import { type BBox, within } from '../../model/geometry.ts';
import { batches, yieldToOthers } from '../../storage/batches.ts';
import type { Wards } from '../areas.ts';
import type { Place } from '../selection.ts';
import { type Fact, type FactsQuestion, standsAt } from './tiles/facts.ts';

/** Ages in seconds that devices are counted by. */
export const AGES = [60, 300, 900, 3_600, 86_400] as const;

/** How many devices each choice of a filter would leave, all the other filters on; a choice that leaves none is in no map. */
export interface Facets {
  readonly conditions: ReadonlyMap<string, number>;
  readonly levels: ReadonlyMap<string, number>;
  readonly kinds: ReadonlyMap<string, number>;
  readonly providers: ReadonlyMap<string, number>;
  readonly areas: ReadonlyMap<string, number>;
  /** By age in seconds: those whose newest observation is at most that old. */
  readonly fresh: ReadonlyMap<string, number>;
}

const NAMES = ['conditions', 'levels', 'kinds', 'providers', 'areas', 'fresh'] as const;
type Name = (typeof NAMES)[number];
type Test = (fact: Fact) => boolean;

/** The same question without those filters whose choices are counted. */
export function widened({ filters, ...question }: FactsQuestion): FactsQuestion {
  const {
    kind: _kind,
    provider: _provider,
    area: _area,
    condition: _condition,
    fresh_within: _fresh,
    ...rest
  } = filters;
  return { ...question, filters: rest, levels: undefined };
}

/** The filters that `widened` takes off, each by itself. */
function testsOf({ filters, levels }: FactsQuestion, contains: Place | undefined, at: number): readonly [Name, Test][] {
  const { kind, provider, condition, fresh_within: age } = filters;
  const [conditions, wanted] = [new Set(condition), new Set(levels)];
  const tests: [Name, Test | false | undefined][] = [
    ['kinds', kind !== undefined && (({ device }) => device.kind === kind)],
    ['providers', provider !== undefined && (({ device }) => device.provider === provider)],
    ['conditions', condition && ((fact) => conditions.has(fact.condition))],
    ['levels', levels && ((fact) => standsAt(wanted, fact))],
    ['areas', contains && (({ position }) => position !== null && contains(position))],
    ['fresh', age !== undefined && (({ newest }) => newest !== undefined && at - newest <= age)],
  ];
  return tests.flatMap(([name, test]): [Name, Test][] => (test ? [[name, test]] : []));
}

/** The choices of each filter that a device would be left by. */
function choicesOf(
  wards: Pick<Wards, 'wardOf'>,
  ages: readonly number[],
  at: number,
): Readonly<Record<Name, (fact: Fact) => readonly string[]>> {
  return {
    conditions: ({ condition }) => [condition],
    levels: ({ condition, reading }) => (condition === 'live' && reading?.level ? [reading.level] : []),
    kinds: ({ device }) => [device.kind],
    providers: ({ device }) => [device.provider],
    areas: ({ position }) => {
      const ward = position === null ? undefined : wards.wardOf(position);
      return ward === undefined ? [] : [ward];
    },
    fresh: ({ newest }) =>
      newest === undefined ? [] : ages.filter((age) => at - newest <= age * 1_000).map((age) => String(age)),
  };
}

const AT_ONCE = 2_000;

/**
 * Counts the facts of the `widened` question by the choices of its filters, in one go: what fails one filter only counts
 * for that one, what fails none for all.
 */
export async function countFacets(
  facts: readonly Fact[],
  question: FactsQuestion,
  {
    bbox,
    at,
    wards,
    contains,
  }: {
    readonly bbox: BBox | undefined;
    /** ms since the epoch. */
    readonly at: number;
    readonly wards: Pick<Wards, 'wardOf'>;
    /** Of the area that was asked for. */
    readonly contains: Place | undefined;
  },
): Promise<Facets> {
  const tests = testsOf(question, contains, at);
  const asked = question.filters.fresh_within;
  const ages = [...new Set([...AGES, ...(asked === undefined ? [] : [asked / 1_000])])].sort((a, b) => a - b);
  const choices = choicesOf(wards, ages, at);
  const counts = Object.fromEntries(NAMES.map((name) => [name, new Map<string, number>()]));

  function count(fact: Fact, name: Name): void {
    const counted = counts[name];
    for (const choice of choices[name](fact)) counted?.set(choice, (counted.get(choice) ?? 0) + 1);
  }
  for (const some of batches(facts, AT_ONCE)) {
    for (const fact of some) {
      if (bbox && !(fact.position && within(bbox, fact.position))) continue;
      const failed = tests.filter(([, test]) => !test(fact));
      const [only] = failed;
      if (only === undefined) for (const name of NAMES) count(fact, name);
      else if (failed.length === 1) count(fact, only[0]);
    }
    await yieldToOthers();
  }
  const of = (name: Name): ReadonlyMap<string, number> => counts[name] ?? new Map();
  return {
    ...{ conditions: of('conditions'), levels: of('levels'), kinds: of('kinds') },
    ...{ providers: of('providers'), areas: of('areas'), fresh: of('fresh') },
  };
}
