import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type DrawnMap, onceDrawn } from './once-drawn.ts';

type Heard = (event: { type: string; sourceId?: string; sourceDataType?: string }) => void;

/** A map that makes a picture only where one was asked for, and is idle once. */
class QuietMap implements DrawnMap {
  readonly #listeners = new Map<string, Set<Heard>>();
  readonly #done = new Set<string>();
  #asked = false;

  on(type: string, heard: Heard): void {
    this.#listeners.set(type, (this.#listeners.get(type) ?? new Set()).add(heard));
  }

  off(type: string, heard: Heard): void {
    this.#listeners.get(type)?.delete(heard);
  }

  getSource(id: string): object | undefined {
    return this.#done.has(id) ? {} : undefined;
  }

  isSourceLoaded(id: string): boolean {
    return this.#done.has(id);
  }

  triggerRepaint(): void {
    this.#asked = true;
  }

  tell(type: string, more: { sourceId?: string; sourceDataType?: string } = {}): void {
    for (const listener of [...(this.#listeners.get(type) ?? [])]) listener({ type, ...more });
  }

  /** A source is there, and nobody is told. */
  have(id: string): void {
    this.#done.add(id);
  }

  come(id: string): void {
    this.have(id);
    this.tell('sourcedata', { sourceId: id });
  }

  /** Makes the pictures that were asked for, and answers how many. */
  draw(): number {
    let pictures = 0;
    for (; this.#asked && pictures < 100; pictures += 1) {
      this.#asked = false;
      this.tell('render');
    }
    return pictures;
  }

  get listeners(): number {
    return [...this.#listeners.values()].reduce((sum, { size }) => sum + size, 0);
  }
}

function watched(sources: readonly string[]) {
  const map = new QuietMap();
  let drawn = 0;
  const stop = onceDrawn(map, sources, () => {
    drawn += 1;
  });
  return { map, stop, drawn: () => drawn };
}

describe('a map is drawn', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('once all of its sources are there, though nothing then makes it draw again', () => {
    const { map, drawn } = watched(['roads', 'tiles']);
    map.tell('idle');
    map.draw();
    map.come('roads');
    map.draw();
    expect(drawn()).toBe(0);
    map.come('tiles');
    expect(map.draw()).toBeGreaterThan(1);
    expect([drawn(), map.listeners]).toEqual([1, 0]);
  });

  it('at once where the map says that it is idle', () => {
    const { map, drawn } = watched(['roads']);
    map.come('roads');
    map.tell('idle');
    expect([drawn(), map.listeners]).toEqual([1, 0]);
  });

  it('though one of its sources is set anew again and again before it is done', () => {
    const { map, drawn } = watched(['points']);
    map.tell('sourcedata', { sourceId: 'points', sourceDataType: 'content' });
    map.draw();
    expect(drawn()).toBe(0);
    map.tell('sourcedata', { sourceId: 'points', sourceDataType: 'content' });
    map.draw();
    expect(drawn()).toBe(1);
  });

  it('though nobody is told that the last of its sources is there', async () => {
    const { map, drawn } = watched(['tiles']);
    map.draw();
    map.have('tiles');
    expect([map.draw(), drawn()]).toEqual([0, 0]);
    await vi.advanceTimersToNextTimerAsync();
    map.draw();
    expect([drawn(), map.listeners, vi.getTimerCount()]).toEqual([1, 0, 0]);
  });

  it('never for whoever has stopped listening', () => {
    const { map, stop, drawn } = watched(['roads']);
    stop();
    map.come('roads');
    map.tell('idle');
    expect([map.draw(), drawn(), map.listeners, vi.getTimerCount()]).toEqual([1, 0, 0, 0]);
  });
});
