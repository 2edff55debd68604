import type { Observation } from '../model/observation.ts';
import type { LiveObservation } from '../storage/bus/port.ts';
import type { Held, Identity } from '../storage/telemetry/port.ts';
import { SeriesMap } from './series-map.ts';

/** A decoded observation and its place in the journal. */
export interface Place {
  readonly observation: Observation;
  readonly domain: string;
  readonly seq: number;
  readonly index: number;
}

/** What an observation is to the live view: the newest of its series, an older one, or a value held before. */
export type Standing = 'newest' | 'late' | 'known';

interface Series {
  newest: Place;
  changed: boolean;
  /** Every value ever held for the newest time. */
  seen: number[];
  /** The store's own word on the newest time, where it had to be asked. */
  winner: number | undefined;
  /** False where the store knows more of the newest time than we do: it was stored before this start. */
  complete: boolean;
}

export const liveOf = ({ observation, domain, seq, index }: Place): LiveObservation => ({
  ...observation,
  id: `${seq}.${index}`,
  domain,
});

/** The newest observation of every series by phenomenon time; of one time the value first received last, as in the store. */
export class Newest {
  readonly #series = new SeriesMap<Series>();
  #changed: Series[] = [];

  /** `known` is what the store has. */
  constructor(known: readonly Observation[]) {
    for (const observation of known)
      this.#series.set(observation.device, observation.metric, {
        newest: { observation, domain: '', seq: 0, index: 0 },
        changed: false,
        seen: [observation.value],
        winner: undefined,
        complete: false,
      });
  }

  /** Of these observations the identities whose earlier values only the store knows: `learn` them before `take`. */
  unknown(observations: readonly Observation[]): Identity[] {
    return observations.filter(({ device, metric, time, value }) => {
      const one = this.#series.get(device, metric);
      return one !== undefined && !one.complete && time === one.newest.observation.time && !one.seen.includes(value);
    });
  }

  learn(held: readonly Held[]): void {
    for (const { device, metric, time, values } of held) {
      const one = this.#series.get(device, metric);
      if (!one || one.newest.observation.time !== time) continue;
      one.seen = [...values];
      one.winner = values.at(-1);
      one.complete = true;
    }
  }

  take(place: Place): Standing {
    const { device, metric, time, value } = place.observation;
    const one = this.#series.get(device, metric);
    if (!one) {
      const fresh = { newest: place, changed: true, seen: [value], winner: undefined, complete: true };
      this.#series.set(device, metric, fresh);
      this.#changed.push(fresh);
      return 'newest';
    }
    const before = one.newest.observation;
    if (time < before.time) return 'late';
    if (time > before.time) {
      one.seen = [value];
      one.winner = undefined;
      one.complete = true;
    } else if (!one.seen.includes(value)) {
      one.seen.push(value);
      // The store's word was of before: what it called the winner is superseded.
      one.winner = undefined;
      // The store may have been faster with this very observation: then it is no repetition of an old value.
    } else if (value === before.value || value !== one.winner) return 'known';
    one.newest = place;
    if (!one.changed) {
      one.changed = true;
      this.#changed.push(one);
    }
    return 'newest';
  }

  get hasChanged(): boolean {
    return this.#changed.length > 0;
  }

  /** What became the newest of its series since the last call. */
  changes(): LiveObservation[] {
    const changed = this.#changed;
    this.#changed = [];
    for (const one of changed) one.changed = false;
    return changed.map((one) => liveOf(one.newest));
  }

  /** Whether anything of the device is known. */
  has(device: string): boolean {
    return this.#series.has(device);
  }

  /** Forgets a device that is no longer registered. */
  drop(device: string): void {
    this.#series.drop(device);
    this.#changed = this.#changed.filter((one) => one.newest.observation.device !== device);
  }
}
