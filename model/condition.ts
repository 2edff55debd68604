import { z } from 'zod';
import type { DeviceCondition, Presence } from './device.ts';
import { MetricId } from './metric.ts';

/** A device is silent when it has missed this many expected intervals of every metric it reports. */
export const MISSED_INTERVALS = 3;

export const CONDITION_CODES = ['reporting', 'never-reported', 'awaited', 'disconnected'] as const;

/** Why a device is in the condition it is in. */
export const ConditionReason = z
  .object({
    code: z.enum(CONDITION_CODES).meta({
      description:
        '`reporting` with the metric heard last; `awaited`: that metric, the last one that was in time, did not come; ' +
        '`disconnected`: the same, and the connection is gone.',
    }),
    metric: MetricId.nullable(),
    awaited: z.number().int().nullable().meta({
      description: 'Seconds for which the metric was waited for before the device counted as silent.',
    }),
    connection: z.string().nullable().meta({
      description:
        'Why the connection came or went, as on the status topic; null for a device the broker has not seen.',
    }),
  })
  .meta({ id: 'ConditionReason' });
export type ConditionReason = z.infer<typeof ConditionReason>;

/** When a metric was last heard, ms since the epoch. */
export interface Heard {
  readonly metric: string;
  readonly at: number;
}

/** How a device does, since when (ms since the epoch; null where nobody knows) and why. */
export interface Judgement {
  readonly condition: DeviceCondition;
  readonly since: number | null;
  readonly reason: ConditionReason;
}

/**
 * The condition of a device at `now` (ms). Data decide first: while any of its metrics is in time, it is live, however
 * it sends. `intervalOf` answers a metric's expected interval in seconds; one without any is never late.
 */
export function judge(
  heard: readonly Heard[],
  intervalOf: (metric: string) => number,
  presence: Presence | undefined,
  now: number,
): Judgement {
  const connection = presence?.reason ?? null;
  let last: Heard | undefined;
  let longest: { readonly metric: string; readonly awaited: number; readonly until: number } | undefined;
  for (const each of heard) {
    if (!last || each.at > last.at) last = each;
    const awaited = MISSED_INTERVALS * intervalOf(each.metric);
    const until = each.at + awaited * 1_000;
    if (!longest || until > longest.until) longest = { metric: each.metric, awaited, until };
  }
  const connected = presence?.online ? Date.parse(presence.since) : null;
  if (!last || !longest)
    return {
      condition: 'new',
      since: connected,
      reason: { code: 'never-reported', metric: null, awaited: null, connection },
    };
  if (now <= longest.until)
    return {
      condition: 'live',
      since: connected,
      reason: { code: 'reporting', metric: last.metric, awaited: null, connection },
    };
  const { metric, awaited, until } = longest;
  if (presence?.online === false)
    return {
      condition: 'offline',
      since: Date.parse(presence.since),
      reason: { code: 'disconnected', metric, awaited, connection },
    };
  return { condition: 'silent', since: until, reason: { code: 'awaited', metric, awaited, connection } };
}
