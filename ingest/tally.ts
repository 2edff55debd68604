import type { Tally } from '../storage/telemetry/port.ts';
import type { Verdict } from './classify.ts';
import type { Decoded } from './decode.ts';

type Counts = { -readonly [K in keyof Tally]: Tally[K] };

const COUNT_OF: Readonly<Record<Verdict, 'stored' | 'duplicate' | 'corrected'>> = {
  fresh: 'stored',
  duplicate: 'duplicate',
  correction: 'corrected',
};

/**
 * What became of a batch, by provider and device. `verdicts` runs over all observations of `decoded` in order.
 * A rejected observation counts as decoded and quarantined, so that nothing a device sent goes uncounted.
 */
export function tally(decoded: readonly Decoded[], verdicts: readonly Verdict[]): readonly Tally[] {
  const counts = new Map<string, Counts>();
  let next = 0;
  for (const { record, observations, rejections, rejected } of decoded) {
    const count = countsOf(counts, record.provider, record.device);
    if (rejected) count.quarantinedMessages += 1;
    else count.processed += 1;
    count.decoded += observations.length + rejections.length;
    count.quarantinedObservations += rejections.length;
    for (let i = 0; i < observations.length; i += 1) {
      const verdict = verdicts[next];
      if (verdict === undefined) throw new RangeError('an observation has no verdict');
      count[COUNT_OF[verdict]] += 1;
      next += 1;
    }
  }
  return [...counts.values()];
}

function countsOf(counts: Map<string, Counts>, provider: string, device: string): Counts {
  const key = `${provider} ${device}`;
  let count = counts.get(key);
  if (!count) {
    count = {
      provider,
      device,
      processed: 0,
      quarantinedMessages: 0,
      decoded: 0,
      stored: 0,
      duplicate: 0,
      corrected: 0,
      quarantinedObservations: 0,
    };
    counts.set(key, count);
  }
  return count;
}
