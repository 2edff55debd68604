import { z } from 'zod';
import { DeviceId } from './device.ts';
import { Position } from './geometry.ts';
import { MetricId } from './metric.ts';

/**
 * Steps of playback (ISO 8601 durations). Minutes are cut from the hour; hours and days begin where the city's clock
 * says, as aggregates' windows do: a day may have 23 or 25 hours.
 */
export const STEPS = ['PT1M', 'PT5M', 'PT15M', 'PT1H', 'P1D'] as const;
export const Step = z.enum(STEPS);
export type Step = z.infer<typeof Step>;

/** Buckets of one answer: a week by five minutes. */
export const BUCKETS_AT_MOST = 2_016;
/** Devices times metrics times buckets of one answer. */
export const PLAYBACK_CELLS_AT_MOST = 2_000_000;
/** The same of an answer that only counts them: thirty thousand series of a week by the hour. */
export const VOLUME_CELLS_AT_MOST = 5_000_000;
/** Archived days that one answer reads: each is a file of its own. */
export const ARCHIVED_DAYS_AT_MOST = 92;

/** ms of the shortest bucket of a step: how many buckets a range has at most can be reckoned without a calendar. */
export const STEP_MS: Readonly<Record<Step, number>> = {
  PT1M: 60_000,
  PT5M: 300_000,
  PT15M: 900_000,
  PT1H: 3_600_000,
  P1D: 82_800_000,
};

const range = {
  from: z.iso.datetime().meta({ description: 'Inclusive.' }),
  to: z.iso.datetime().meta({ description: 'Exclusive.' }),
  step: Step,
};

/** What one device told of one metric, bucket by bucket. Every list has as many places as there are `times`. */
export const PlaybackSeries = z
  .object({
    device: DeviceId,
    metric: MetricId,
    values: z.array(z.number().nullable()).meta({
      description:
        'The newest observation within each bucket, by phenomenon time, in the metric’s unit; null: none in it.',
    }),
    quality: z
      .array(z.enum(['valid', 'suspect']).nullable())
      .optional()
      .meta({ description: 'Of each value; absent where all are valid.' }),
    positions: z
      .array(z.union([Position, z.null()]))
      .optional()
      .meta({ description: 'Where each value was observed; absent where none was told, as of what stands still.' }),
  })
  .meta({ id: 'PlaybackSeries' });
export type PlaybackSeries = z.infer<typeof PlaybackSeries>;

/**
 * A stored range, ready to be played: columnar, a column for each device and metric that told anything in it, ordered by
 * device, then by metric. A value holds for its bucket alone: whoever shows a moment carries the last one forward for as
 * long as the metric's interval keeps it fresh, and asks from so much earlier where the first moment must be whole.
 */
export const Playback = z
  .object({
    ...range,
    times: z.array(z.iso.datetime()).meta({
      description:
        'Starts of the buckets, rising; the first may lie before `from`, but nothing before `from` is in it.',
    }),
    series: z.array(PlaybackSeries),
  })
  .meta({ id: 'Playback' });
export type Playback = z.infer<typeof Playback>;

export const VolumeItem = z
  .object({
    time: z.iso.datetime().meta({ description: 'Start of the bucket.' }),
    observations: z.number().int().nonnegative(),
    devices: z.number().int().nonnegative().meta({ description: 'Devices that told anything in it.' }),
    expected: z
      .number()
      .int()
      .nonnegative()
      .nullable()
      .meta({
        description: [
          'Observations due in it, as far as it lies in the range and in the past; null where a place is asked for that',
          'moving devices came into.',
        ].join(' '),
      }),
  })
  .meta({ id: 'VolumeItem' });
export type VolumeItem = z.infer<typeof VolumeItem>;

/** How much data there is of a range: an item for every bucket, also for one in which there is none. */
export const Volume = z.object({ ...range, items: z.array(VolumeItem) }).meta({ id: 'Volume' });
export type Volume = z.infer<typeof Volume>;
