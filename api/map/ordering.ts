import { z } from 'zod';
import { DEVICE_CONDITIONS } from '../../model/device.ts';
import { LEVELS } from '../../model/level.ts';
import { QUALITIES } from '../../model/observation.ts';
import type { Language } from '../../model/text.ts';
import { mapInTurns } from '../../storage/batches.ts';
import type { ReadServices } from '../services.ts';
import type { Names } from './names.ts';
import { sortInTurns } from './sorting.ts';
import type { Fact } from './tiles/facts.ts';

/** What devices can be put in order by. */
export const Column = z.enum([
  ...(['name', 'kind', 'figure', 'value', 'level', 'age'] as const),
  ...(['condition', 'ward', 'connection', 'provider', 'simulated', 'quality'] as const),
]);
export type Column = z.infer<typeof Column>;

/** In which order. */
export interface Ordering {
  readonly column: Column;
  readonly descending: boolean;
  /** Of names and other texts. */
  readonly language: Language;
}

/** What one fact is sorted by; null stands at the end whichever way. */
type Key = (fact: Fact) => number | null;
type Parts = Pick<ReadServices, 'areas' | 'catalogue' | 'presence' | 'registry'>;

/** By a text of which there are few different ones. */
function byText(facts: readonly Fact[], language: Language, text: (fact: Fact) => string | undefined): Key {
  const compare = new Intl.Collator(language, { numeric: true }).compare;
  const texts = [...new Set(facts.flatMap((fact) => text(fact) ?? []))].sort(compare);
  const ranks = new Map(texts.map((each, rank) => [each, rank]));
  return (fact) => {
    const said = text(fact);
    return said === undefined ? null : (ranks.get(said) ?? null);
  };
}

const placeIn = <T>(all: readonly T[], value: T): number => all.indexOf(value);

const qualityOf: Key = ({ reading, quarantined }) =>
  reading === undefined && !quarantined
    ? null
    : placeIn(QUALITIES, reading?.quality ?? 'valid') + (quarantined ? QUALITIES.length : 0);

async function keyOf(facts: readonly Fact[], { column, language }: Ordering, parts: Parts): Promise<Key> {
  const { areas, catalogue, presence, registry } = parts;
  const said = (text: (fact: Fact) => string | undefined) => byText(facts, language, text);
  switch (column) {
    case 'name':
      return () => 0;
    case 'kind':
      return said(({ device: { domain, kind } }) => catalogue.kind(domain, kind)?.name[language] ?? kind);
    case 'figure':
      return said(figureName(catalogue, language));
    case 'value':
      return ({ reading }) => reading?.value ?? null;
    case 'level':
      return ({ condition, reading }) =>
        condition === 'live' && reading?.level ? placeIn(LEVELS, reading.level) : null;
    case 'age':
      // The youngest first.
      return ({ newest }) => (newest === undefined ? null : -newest);
    case 'condition':
      return ({ condition }) => placeIn(DEVICE_CONDITIONS, condition);
    case 'ward': {
      const wards = await areas.wards();
      const names = new Map(wards.areas.map(({ id, name }) => [id, name[language]]));
      return said(({ position }) => names.get((position && wards.wardOf(position)) ?? ''));
    }
    case 'connection':
      return ({ device }) => {
        const online = presence.get(device.id)?.online;
        return online === undefined ? null : Number(!online);
      };
    case 'provider': {
      const names = new Map((await registry.providers()).map(({ id, name }) => [id, name]));
      return said(({ device: { provider } }) => names.get(provider) ?? provider);
    }
    case 'simulated':
      return ({ device }) => Number(device.simulated);
    case 'quality':
      return qualityOf;
  }
}

const figureName =
  (catalogue: Parts['catalogue'], language: Language) =>
  ({ figure }: Fact): string | undefined =>
    figure === undefined ? undefined : (catalogue.metric(figure) ?? catalogue.derived(figure))?.name[language];

/**
 * Puts facts in order, those that are equal there by name and then by id. Values of different metrics are not compared
 * with each other: those of one stand together.
 */
export async function inOrder(
  facts: readonly Fact[],
  ordering: Ordering,
  names: Names,
  parts: Parts,
): Promise<readonly Fact[]> {
  const { column, descending, language } = ordering;
  const [ranks, key] = await Promise.all([
    names.ranks(facts.map(({ device }) => device.name)),
    keyOf(facts, ordering, parts),
  ]);
  const group = column === 'value' ? byText(facts, language, figureName(parts.catalogue, language)) : () => 0;
  const sign = descending ? -1 : 1;
  // By name the name itself turns round.
  const byName = column === 'name' ? sign : 1;
  const keyed = await mapInTurns(facts, (fact) => ({
    ...{ fact, key: key(fact), group: group(fact) ?? 0 },
    name: ranks.get(fact.device.name) ?? 0,
  }));
  const sorted = await sortInTurns(keyed, (a, b) => {
    if (a.key === null || b.key === null) {
      if (a.key !== b.key) return a.key === null ? 1 : -1;
    } else if (a.group !== b.group || a.key !== b.key) return a.group - b.group || sign * (a.key - b.key);
    return byName * (a.name - b.name) || (a.fact.device.id < b.fact.device.id ? -1 : 1);
  });
  return sorted.map(({ fact }) => fact);
}
