import { fold } from '../../model/fold.ts';
import type { Text } from '../../model/text.ts';
import type { DeviceHit } from '../api/shapes.ts';
import { PLACE_TYPES, type Place, type PlaceType } from '../places/place.ts';
import type { Ward } from './areas.svelte.ts';
import type { CatalogueStore } from './catalogue.svelte.ts';
import { folding } from './folding.ts';

/** What searching finds, in the order its groups are shown in. */
export const HIT_TYPES = ['domain', 'metric', 'kind', 'area', 'place', 'device'] as const;
export type HitType = (typeof HIT_TYPES)[number];

/** Something that was found and can be gone to. */
export interface Hit {
  readonly type: HitType;
  readonly id: string;
  /** The domain it belongs to; null for a ward and a place. */
  readonly domain: string | null;
  readonly name: Text;
  readonly simulated: boolean;
  /** What a place is. */
  readonly place?: PlaceType;
}

/** More of a kind helps nobody: another word does. */
const MOST: Readonly<Record<HitType, number>> = { domain: 3, metric: 5, kind: 4, area: 5, place: 6, device: 8 };
export const MOST_DEVICES = MOST.device;

/** Where searching looks. */
export interface SearchSpace {
  readonly catalogue: Pick<CatalogueStore, 'domains' | 'listed'>;
  readonly wards: readonly Ward[];
  readonly devices: readonly DeviceHit[];
  readonly places: readonly Place[];
}

/** What a place is called besides its name, so that `hospital bach mai` and `ho tay` find theirs in either language. */
const PLACE_WORDS: Readonly<Record<PlaceType, string>> = {
  sight: 'địa điểm sight',
  street: 'đường phố street',
  crossing: 'ngã tư nút giao crossing',
  water: 'hồ sông lake river',
  park: 'công viên park',
  hospital: 'bệnh viện hospital',
  school: 'trường học school',
};

const same = (name: string): Text => ({ vi: name, en: name });

function* candidates({ catalogue, wards, devices, places }: SearchSpace): Generator<Hit> {
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
  for (const { id, name, type } of places)
    yield { type: 'place', id, domain: null, name, simulated: false, place: type };
  for (const { id, domain, name, simulated } of devices)
    yield { type: 'device', id, domain, name: same(name), simulated };
}

const WORDS = /[\s/_\-–.,()]+/;

/** How well a text matches: it is the words, begins with them, has words that begin with them, or holds them somewhere. */
const [WHOLE, BEGINS, WORD_BEGINS, WITHIN] = [0, 1, 2, 3] as const;

/** How well a text matches folded words, the less the better; null not at all. `more` may hold a part of the words. */
function rank(text: string, query: string, words: readonly string[], more = ''): number | null {
  if (text === query) return WHOLE;
  if (text.startsWith(query)) return BEGINS;
  if (!words.every((word) => text.includes(word) || more.includes(word))) return null;
  if (more !== '' && !words.some((word) => text.includes(word))) return null;
  const parts = `${text} ${more}`.split(WORDS);
  return words.every((word) => parts.some((part) => part.startsWith(word))) ? WORD_BEGINS : WITHIN;
}

/** The texts that something is found by, folded, and what it is called besides. */
function textsOf({ type, id, name: { vi, en }, place }: Hit): readonly [texts: readonly string[], more: string] {
  // The id of a place says nothing that its name does not.
  const names = vi === en ? [vi] : [vi, en];
  // A sight goes by the first part of its name.
  if (place === 'sight') names.push(vi.split(' – ')[0] ?? vi);
  const texts = place === undefined ? [vi, en, id.replaceAll('-', ' ')] : names;
  const more = place === undefined || type !== 'place' ? '' : folding(PLACE_WORDS[place]);
  return [texts.map(folding), more];
}

/** Of places that match as well, who asks for a name means the sight more often than the street beside it. */
const placeOrder = ({ place }: Hit): number => (place === undefined ? 0 : PLACE_TYPES.indexOf(place));

/** What the words find, without regard to case and marks, in either language; the type with the best of all first. */
export function search(text: string, space: SearchSpace): readonly Hit[] {
  const query = fold(text).trim();
  const words = query.split(WORDS).filter(Boolean);
  if (words.length === 0) return [];
  const found: { hit: Hit; score: number }[] = [];
  for (const hit of candidates(space)) {
    const [texts, more] = textsOf(hit);
    const scores = texts.flatMap((name) => rank(name, query, words, more) ?? []);
    if (scores.length > 0) found.push({ hit, score: Math.min(...scores) });
  }
  // Words within words are looked at only where nothing begins with them.
  const begun = found.some(({ score }) => score < WITHIN);
  const groups = HIT_TYPES.map((type) =>
    found
      .filter(({ hit, score }) => hit.type === type && (!begun || score < WITHIN))
      .sort(
        (a, b) =>
          a.score - b.score ||
          placeOrder(a.hit) - placeOrder(b.hit) ||
          a.hit.name.vi.localeCompare(b.hit.name.vi, 'vi', { numeric: true }),
      )
      .slice(0, MOST[type]),
  );
  const best = (group: (typeof groups)[number]) => group[0]?.score ?? Infinity;
  return groups.sort((a, b) => best(a) - best(b)).flatMap((group) => group.map(({ hit }) => hit));
}
