import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { at } from '../testing/city.ts';
import { Connection } from './connection.svelte.ts';
import type { LiveEvent } from './devices.svelte.ts';

const TOLD = { domain: 'traffic', metric: 'mean_speed', quality: 'valid' };

/** The page's end of a stream, as a browser would have it. */
class FakeSource {
  static readonly CLOSED = 2;
  static all: FakeSource[] = [];
  readonly url: string;
  readyState = 1;
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;
  readonly #listeners = new Map<string, (message: { data: string }) => void>();

  constructor(url: string) {
    this.url = url;
    FakeSource.all.push(this);
  }

  addEventListener(type: string, listener: (message: { data: string }) => void): void {
    this.#listeners.set(type, listener);
  }

  close(): void {
    this.readyState = FakeSource.CLOSED;
  }

  speed(value: number, secondsAgo: number, device = 'counter-1'): void {
    this.#tell([{ ...TOLD, device, value, time: at(secondsAgo) }]);
  }

  /** Many devices, told in one event. */
  speeds(devices: readonly string[]): void {
    this.#tell(devices.map((device) => ({ ...TOLD, device, value: 5, time: at(1) })));
  }

  #tell(items: readonly unknown[]): void {
    this.#listeners.get('observations')?.({ data: JSON.stringify({ items }) });
  }
}

let visible: DocumentVisibilityState = 'visible';
function turn(state: DocumentVisibilityState): void {
  visible = state;
  document.dispatchEvent(new Event('visibilitychange'));
}

beforeEach(() => {
  vi.useFakeTimers();
  FakeSource.all = [];
  visible = 'visible';
  vi.stubGlobal('EventSource', FakeSource);
  vi.spyOn(document, 'visibilityState', 'get').mockImplementation(() => visible);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

function opened() {
  const connection = new Connection();
  const applied: (readonly LiveEvent[])[] = [];
  const opened = vi.fn();
  const close = connection.open({ domains: ['traffic'] }, { apply: (events) => applied.push(events), opened });
  const source = () => FakeSource.all.at(-1) ?? new FakeSource('none');
  return { connection, applied, opened, close, source };
}
const values = (events: readonly LiveEvent[] | undefined) =>
  (events ?? []).map(({ data }) => ('value' in data ? data.value : null));

describe('the stream of a page', () => {
  test('comes in batches of the newest of each series, late ones left out', () => {
    const { applied, source, close } = opened();
    source().onopen?.();
    for (let i = 0; i < 100; i += 1) source().speed(i, 100 - i);
    source().speed(500, 900);
    source().speed(7, 5, 'counter-2');
    vi.advanceTimersByTime(1_000);
    expect(applied.map(values)).toEqual([[99, 7]]);
    close();
  });

  test('takes many observations of one event, in the order in which they came', () => {
    const { applied, source, close } = opened();
    source().onopen?.();
    source().speeds(['counter-1', 'counter-2', 'counter-3']);
    vi.advanceTimersByTime(1_000);
    expect(applied.map((events) => events.map(({ data }) => data.device))).toEqual([
      ['counter-1', 'counter-2', 'counter-3'],
    ]);
    close();
  });

  test('ends when the page is hidden; what had come and was not shown is dropped', () => {
    const { applied, source, close } = opened();
    source().onopen?.();
    source().speed(10, 5);
    turn('hidden');
    expect(source().readyState).toBe(FakeSource.CLOSED);
    vi.advanceTimersByTime(3_600_000);
    expect(applied).toEqual([]);
    expect(FakeSource.all).toHaveLength(1);
    close();
  });

  test('begins anew when the page is seen again, and says so: nothing that was missed is replayed', () => {
    const { connection, opened: told, source, close } = opened();
    source().onopen?.();
    turn('hidden');
    vi.advanceTimersByTime(3_600_000);
    // An hour unseen is no outage.
    expect(connection.state).not.toBe('offline');
    turn('visible');
    expect(FakeSource.all).toHaveLength(2);
    expect(source().url).toBe('/api/v1/stream?batch=1&domain=traffic');
    source().onopen?.();
    expect(told).toHaveBeenCalledTimes(2);
    expect(connection.state).toBe('live');
    close();
  });

  test('that is closed while hidden stays closed', () => {
    const { close } = opened();
    turn('hidden');
    close();
    turn('visible');
    expect(FakeSource.all).toHaveLength(1);
  });

  test('that does not come is offline after a while', () => {
    const { connection, close } = opened();
    vi.advanceTimersByTime(9_000);
    expect(connection.state).toBe('connecting');
    vi.advanceTimersByTime(2_000);
    expect(connection.state).toBe('offline');
    close();
  });
});
