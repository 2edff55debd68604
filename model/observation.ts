import { z } from 'zod';
import { DeviceId } from './device.ts';
import { Position } from './geometry.ts';
import { MetricId } from './metric.ts';

export const QUALITIES = ['valid', 'suspect', 'invalid'] as const;
/** What the device says of its own result. Invalid ones are kept and shown, and left out of every aggregate. */
export const Quality = z.enum(QUALITIES);
export type Quality = z.infer<typeof Quality>;

export const FLAGS = ['late', 'time-from-receipt', 'simulated'] as const;
/** `late`: received more than an hour after its phenomenon time; `time-from-receipt`: the message carried no time. */
export const Flag = z.enum(FLAGS);
export type Flag = z.infer<typeof Flag>;

/** An observation is late when it is received this many ms after its phenomenon time. */
export const LATE_AFTER_MS = 3_600_000;
/** A phenomenon time further than this ahead of the clock is a wrong clock. */
export const AHEAD_AT_MOST_MS = 600_000;
/** H3 resolution of a moving observation's cell: hexagons of some 29 m edge, fine enough for a ward's border. */
export const CELL_RESOLUTION = 11;

/**
 * One result of one device (OGC 20-082r4, Observations, measurements and samples). Identity is
 * (device, metric, time). Times are ms since the epoch, UTC. `cell` is the H3 cell of `position`.
 */
export interface Observation {
  readonly device: string;
  readonly metric: string;
  /** Phenomenon time. */
  readonly time: number;
  readonly value: number;
  readonly quality: Quality;
  readonly received: number;
  readonly flags: readonly Flag[];
  readonly position?: Position | undefined;
  readonly cell?: string | undefined;
}

/** An observation as the API writes it: times in RFC 3339, UTC. */
export const ObservationView = z
  .object({
    device: DeviceId,
    metric: MetricId,
    time: z.iso.datetime(),
    value: z.number(),
    quality: Quality,
    received: z.iso.datetime(),
    flags: z.array(Flag),
    position: Position.optional(),
  })
  .meta({ id: 'Observation' });
export type ObservationView = z.infer<typeof ObservationView>;

/** RFC 3339 in UTC with milliseconds. */
export const instant = (ms: number): string => new Date(ms).toISOString();

export function viewOf(observation: Observation): ObservationView {
  const { device, metric, value, quality, flags, position } = observation;
  return {
    device,
    metric,
    time: instant(observation.time),
    value,
    quality,
    received: instant(observation.received),
    flags: [...flags],
    ...(position ? { position } : {}),
  };
}
