import type { Observation } from '../model/observation.ts';
import type { Correction, Held, Identity, SeriesHead } from '../storage/telemetry/port.ts';
import { SeriesMap } from './series-map.ts';

/** What an observation turned out to be. */
export type Verdict = 'fresh' | 'duplicate' | 'correction';

export interface Classified {
  readonly fresh: readonly Observation[];
  readonly corrections: readonly Correction[];
  /** The verdict on each observation, in the order given. */
  readonly verdicts: readonly Verdict[];
}

export interface Classifier {
  classify(observations: readonly Observation[]): Promise<Classified>;
}

/**
 * Tells new observations from duplicates and corrections. A series' times mostly grow: behind its head an observation
 * is new without a look; otherwise the values ever held for its identity are read back. `heads` must hold every series
 * of the store, and every batch must be stored before `held` is asked for the next.
 */
export function createClassifier(
  heads: readonly SeriesHead[],
  held: (identities: readonly Identity[]) => Promise<readonly Held[]>,
): Classifier {
  const newest = new SeriesMap<number>();
  for (const head of heads) newest.set(head.device, head.metric, head.time);

  /** Moves the heads and answers which identities must be looked at. */
  function advance(observations: readonly Observation[]): Map<string, Identity> {
    const looks = new Map<string, Identity>();
    for (const observation of observations) {
      const { device, metric, time } = observation;
      const head = newest.get(device, metric);
      if (head === undefined || time > head) newest.set(device, metric, time);
      else looks.set(keyOf(observation), observation);
    }
    return looks;
  }

  return {
    async classify(observations) {
      const looks = advance(observations);
      if (looks.size === 0)
        return { fresh: observations, corrections: [], verdicts: observations.map((): Verdict => 'fresh') };

      const values = new Map<string, number[]>();
      for (const identity of await held([...looks.values()])) values.set(keyOf(identity), [...identity.values]);
      const fresh: Observation[] = [];
      const corrections: Correction[] = [];
      const verdicts = observations.map((observation): Verdict => {
        const key = keyOf(observation);
        const ever = values.get(key);
        const superseded = ever?.at(-1);
        if (ever === undefined || superseded === undefined) {
          // Within one batch the first of an identity is fresh and its followers are judged against it.
          if (looks.has(key)) values.set(key, [observation.value]);
          fresh.push(observation);
          return 'fresh';
        }
        if (ever.includes(observation.value)) return 'duplicate';
        ever.push(observation.value);
        corrections.push({ observation, superseded });
        return 'correction';
      });
      return { fresh, corrections, verdicts };
    },
  };
}

const keyOf = ({ device, metric, time }: Identity): string => `${device} ${metric} ${time}`;
