/** Quality of service (MQTT 3.1.1, section 4.3). */
export type QoS = 0 | 1 | 2;

/** The lower of two QoS: what a message is delivered at (MQTT-3.8.4-6). */
export function lowerOf(one: QoS, other: QoS): QoS {
  if (one === 0 || other === 0) return 0;
  return one === 1 || other === 1 ? 1 : 2;
}

/** What no UTF-8 string of a packet may hold: U+0000 (MQTT-1.5.3-2), and what an ill-formed one becomes (MQTT-1.5.3-1). */
const ILL_FORMED = ['\u0000', '\uFFFD'];

/**
 * Whether a decoded string was ill-formed UTF-8 or holds U+0000. The parser puts U+FFFD for what it cannot decode, so a
 * string that spells U+FFFD out counts as ill-formed too.
 */
export function illFormed(text: string): boolean {
  return ILL_FORMED.some((character) => text.includes(character));
}

/** Whether wildcards stand only where they may (MQTT-4.7.1-2, MQTT-4.7.1-3) and there is something at all (MQTT-4.7.3-1). */
export function isFilter(filter: string): boolean {
  if (filter === '') return false;
  const levels = filter.split('/');
  return levels.every((level, index) => {
    if (level === '#') return index === levels.length - 1;
    return level === '+' || !/[#+]/.test(level);
  });
}

/** Whether the topic matches the filter (MQTT 3.1.1, section 4.7). */
export function matches(filter: string, topic: string): boolean {
  if (topic.startsWith('$') && /^[+#]/.test(filter)) return false;
  const wanted = filter.split('/');
  const levels = topic.split('/');
  for (const [index, level] of wanted.entries()) {
    if (level === '#') return true;
    if (index >= levels.length || (level !== '+' && level !== levels[index])) return false;
  }
  return wanted.length === levels.length;
}

/** The filters of one client and the QoS granted for each. */
export class Filters {
  readonly #granted = new Map<string, QoS>();
  /** The QoS of all of them, where it is one. */
  #uniform: QoS | undefined;

  get size(): number {
    return this.#granted.size;
  }

  has(filter: string): boolean {
    return this.#granted.has(filter);
  }

  set(filter: string, qos: QoS): void {
    this.#granted.set(filter, qos);
    this.#changed();
  }

  delete(filter: string): boolean {
    const there = this.#granted.delete(filter);
    if (there) this.#changed();
    return there;
  }

  entries(): Iterable<[filter: string, qos: QoS]> {
    return this.#granted;
  }

  /** The highest QoS granted for a topic that at least one of them matches (MQTT-3.3.5-1). */
  qosOf(topic: string): QoS {
    if (this.#uniform !== undefined) return this.#uniform;
    let highest: QoS = 0;
    for (const [filter, qos] of this.#granted) if (qos > highest && matches(filter, topic)) highest = qos;
    return highest;
  }

  #changed(): void {
    const kinds = new Set(this.#granted.values());
    const [only] = kinds;
    this.#uniform = kinds.size === 1 ? only : undefined;
  }
}

interface Node<Owner> {
  readonly below: Map<string, Node<Owner>>;
  readonly here: Map<Owner, QoS>;
}

const node = <Owner>(): Node<Owner> => ({ below: new Map(), here: new Map() });

/** Who subscribed to what, level by level: a topic costs its levels, however many subscribed to something else. */
export class FilterTree<Owner> {
  readonly #root = node<Owner>();
  #size = 0;

  get empty(): boolean {
    return this.#size === 0;
  }

  /** Adds the filter of an owner, or changes its QoS. */
  add(filter: string, owner: Owner, qos: QoS): void {
    let at = this.#root;
    for (const level of filter.split('/')) {
      let next = at.below.get(level);
      if (!next) {
        next = node();
        at.below.set(level, next);
      }
      at = next;
    }
    if (!at.here.has(owner)) this.#size += 1;
    at.here.set(owner, qos);
  }

  remove(filter: string, owner: Owner): void {
    const path: [Node<Owner>, string][] = [];
    let at = this.#root;
    for (const level of filter.split('/')) {
      const next = at.below.get(level);
      if (!next) return;
      path.push([at, level]);
      at = next;
    }
    if (at.here.delete(owner)) this.#size -= 1;
    for (const [parent, level] of path.reverse()) {
      const child = parent.below.get(level);
      if (!child || child.here.size > 0 || child.below.size > 0) return;
      parent.below.delete(level);
    }
  }

  /** Every owner with a filter that matches, and the highest QoS of those. */
  match(topic: string): Map<Owner, QoS> {
    const found = new Map<Owner, QoS>();
    const take = (at: Node<Owner> | undefined) => {
      for (const [owner, qos] of at?.here ?? []) if (qos > (found.get(owner) ?? -1)) found.set(owner, qos);
    };
    const levels = topic.split('/');
    let front = [this.#root];
    for (const level of levels) {
      const next: Node<Owner>[] = [];
      for (const at of front) {
        take(at.below.get('#'));
        for (const child of [at.below.get(level), at.below.get('+')]) if (child) next.push(child);
      }
      front = next;
      if (front.length === 0) return found;
    }
    for (const at of front) {
      take(at);
      take(at.below.get('#'));
    }
    return found;
  }
}
