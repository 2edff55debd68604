import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Alone, type GroupingMap } from './alone.ts';

type Heard = Parameters<GroupingMap['on']>[1];

/** A map whose source draws these features one by one. */
class Grouped implements GroupingMap {
  readonly listeners = new Map<string, Set<Heard>>();
  single: readonly string[] = [];
  questions = 0;
  gone = false;

  on(type: string, heard: Heard): void {
    this.listeners.set(type, (this.listeners.get(type) ?? new Set()).add(heard));
  }

  off(type: string, heard: Heard): void {
    this.listeners.get(type)?.delete(heard);
  }

  getSource(): object | undefined {
    return this.gone ? undefined : {};
  }

  querySourceFeatures(): readonly { readonly properties: { readonly id: string } }[] {
    this.questions += 1;
    return this.single.map((id) => ({ properties: { id } }));
  }

  tell(type: string, sourceId?: string): void {
    for (const heard of this.listeners.get(type) ?? []) heard(sourceId === undefined ? {} : { sourceId });
  }
}

describe('what is drawn for itself', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  function watching(): { map: Grouped; alone: Alone; changed: ReturnType<typeof vi.fn> } {
    const map = new Grouped();
    const changed = vi.fn();
    return { map, changed, alone: new Alone(map, 'points', () => changed()) };
  }

  it('is everything where nothing is grouped, and nobody looks', () => {
    const { map, alone } = watching();
    map.tell('sourcedata', 'points');
    map.tell('moveend');
    vi.runAllTimers();
    expect([alone.ids, map.questions]).toEqual([null, 0]);
  });

  it('is looked for once when several tiles come together, and those of other sources are nothing to it', () => {
    const { map, alone, changed } = watching();
    alone.grouped = true;
    vi.runAllTimers();
    expect([alone.ids, map.questions]).toEqual([new Set(), 1]);
    map.single = ['a', 'b'];
    map.tell('sourcedata', 'roads');
    vi.runAllTimers();
    expect(map.questions).toBe(1);
    for (let tile = 0; tile < 5; tile += 1) map.tell('sourcedata', 'points');
    vi.runAllTimers();
    expect([alone.ids, map.questions, changed.mock.calls.length]).toEqual([new Set(['a', 'b']), 2, 2]);
    alone.grouped = false;
    expect(alone.ids).toBeNull();
  });

  it('is not looked for on a map whose source is gone, nor after the end', () => {
    const { map, alone, changed } = watching();
    alone.grouped = true;
    map.gone = true;
    vi.runAllTimers();
    map.gone = false;
    map.tell('moveend');
    alone.stop();
    vi.runAllTimers();
    expect([map.questions, changed.mock.calls.length]).toEqual([0, 0]);
    expect([...map.listeners.values()].map(({ size }) => size)).toEqual([0, 0]);
  });
});
