import { fold } from '../../model/fold.ts';
import type { Text } from '../../model/text.ts';
import type { DeviceHit } from '../api/shapes.ts';
import type { Ward } from './areas.svelte.ts';
import type { CatalogueStore } from './catalogue.svelte.ts';
import { folding } from './folding.ts';

/** What searching finds, in the order its groups are shown in. */
export const HIT_TYPES = ['domain', 'metric', 'kind', 'area', 'device'] as const;
export type HitType = (typeof HIT_TYPES)[number];

/** Something that was found and can be gone to. */
export interface Hit {
  readonly type: HitType;
  readonly id: string;
  /** The domain it belongs to; null for a ward. */
  readonly domain: string | null;
  readonly name: Text;
  readonly simulated: boolean;
}

/** More of a kind helps nobody: another word does. */
const MOST: Readonly<Record<HitType, number>> = { domain: 3, metric: 5, kind: 4, area: 5, device: 8 };
export const MOST_DEVICES = MOST.device;

/** Where searching looks. */
export interface SearchSpace {
  readonly catalogue: Pick<CatalogueStore, 'domains' | 'listed'>;
  readonly wards: readonly Ward[];
  readonly devices: readonly DeviceHit[];
}

const same = (name: string): Text => ({ vi: name, en: name });

function* candidates({ catalogue, wards, devices }: SearchSpace): Generator<Hit> {
  const seen = new Set<string>();
  for (const row of catalogue.domains) {
    const { id: domain, name, metrics, derived } = row;
    yield { type: 'domain', id: domain, domain, name, simulated: false };
    for (const metric of [...metrics, ...derived]) {
      // A metric of another domain that a kind of this one reports comes with both: the first is its own.
      if (seen.has(metric.id)) continue;
      seen.add(metric.id);
      yield { type: 'metric', id: metric.id, domain, name: metric.name, simulated: false };
    }
    for (const kind of catalogue.listed(row))
      yield { type: 'kind', id: kind.id, domain, name: kind.name, simulated: false };
  }
  for (const { id, name } of wards) yield { type: 'area', id, domain: null, name, simulated: false };
  for (const { id, domain, name, simulated } of devices)
    yield { type: 'device', id, domain, name: same(name), simulated };
}

const WORDS = /[\s/_\-–.,()]+/;

/** The words are somewhere within the text's own. */
const WITHIN = 2;

/** How well a text matches folded words: 0 best, null not at all. */
function rank(text: string, query: string, words: readonly string[]): number | null {
  if (text.startsWith(query)) return 0;
  if (!words.every((word) => text.includes(word))) return null;
  const parts = text.split(WORDS);
  return words.every((word) => parts.some((part) => part.startsWith(word))) ? 1 : WITHIN;
}

/** What the words find, without regard to case and marks, in either language; the type with the best of all first. */
export function search(text: string, space: SearchSpace): readonly Hit[] {
  const query = fold(text).trim();
  const words = query.split(WORDS).filter(Boolean);
  if (words.length === 0) return [];
  const found: { hit: Hit; score: number }[] = [];
  for (const hit of candidates(space)) {
    const { vi, en } = hit.name;
    const scores = [vi, en, hit.id.replaceAll('-', ' ')].flatMap((name) => rank(folding(name), query, words) ?? []);
    if (scores.length > 0) found.push({ hit, score: Math.min(...scores) });
  }
  // Words within words are looked at only where nothing begins with them.
  const begun = found.some(({ score }) => score < WITHIN);
  const groups = HIT_TYPES.map((type) =>
    found
      .filter(({ hit, score }) => hit.type === type && (!begun || score < WITHIN))
      .sort((a, b) => a.score - b.score || a.hit.name.vi.localeCompare(b.hit.name.vi, 'vi', { numeric: true }))
      .slice(0, MOST[type]),
  );
  const best = (group: (typeof groups)[number]) => group[0]?.score ?? Infinity;
  return groups.sort((a, b) => best(a) - best(b)).flatMap((group) => group.map(({ hit }) => hit));
}
