import { randomUUID } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { type BBox, within } from '../../model/geometry.ts';
import { LANGUAGES } from '../../model/text.ts';
import type { ReadServices } from '../services.ts';
import { Names } from './names.ts';
import { inOrder, type Ordering } from './ordering.ts';
import type { Fact, FactsQuestion } from './tiles/facts.ts';
import { type Indexes, nameOf } from './tiles/indexes.ts';

/** A list that nobody asked for so long is let go of, ms. */
export const KEEP_MS = 120_000;
/** Lists kept at once, and devices of all of them together. */
const [KEPT, DEVICES_KEPT] = [16, 2_000_000];

/** Which devices, in which order. */
export interface ListQuestion {
  readonly facts: FactsQuestion;
  readonly bbox: BBox | undefined;
  readonly ordering: Ordering;
}

/** Devices in an order that stays as it was when it was made, so that pages of it fit together. */
export interface DeviceList {
  readonly id: string;
  /** When it was made, ms. */
  readonly at: number;
  readonly facts: readonly Fact[];
}

/** The lists that are gone through right now. */
export interface Lists {
  /** The list of this id where it is still there and of this question, else a new one. Rejects as `gatherFacts` does. */
  of(question: ListQuestion, id: string | undefined): Promise<DeviceList>;
}

export function createLists(services: ReadServices, indexes: Indexes): Lists {
  const { catalogue } = services;
  const names = Object.fromEntries(LANGUAGES.map((language) => [language, new Names(language)]));
  const kept = new LRUCache<string, DeviceList & { readonly name: string }>({
    ...{ max: KEPT, ttl: KEEP_MS, updateAgeOnGet: true, ttlAutopurge: true },
    ...{ maxSize: DEVICES_KEPT, sizeCalculation: ({ facts }) => Math.max(1, facts.length) },
  });
  const making = new Map<string, Promise<DeviceList>>();

  async function make({ facts: question, bbox, ordering }: ListQuestion, name: string): Promise<DeviceList> {
    const { facts, at } = await indexes.of(question);
    const seen = bbox ? facts.filter(({ position }) => position !== null && within(bbox, position)) : facts;
    const order = names[ordering.language] ?? new Names(ordering.language);
    const list = { id: randomUUID(), at, name, facts: await inOrder(seen, ordering, order, services) };
    kept.set(list.id, list);
    return list;
  }

  return {
    of(question, id) {
      // As with indexes: by what may be seen too, or a list would tell of a key what another may not know.
      const name = JSON.stringify([nameOf(question.facts, catalogue), question.bbox ?? null, question.ordering]);
      const known = id === undefined ? undefined : kept.get(id);
      if (known?.name === name) return Promise.resolve(known);
      let made = making.get(name);
      if (!made) {
        made = make(question, name).finally(() => making.delete(name));
        making.set(name, made);
      }
      return made;
    },
  };
}
