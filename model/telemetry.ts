import { z } from 'zod';

/** At most this many observations in one message, over all elements of its array. */
export const OBSERVATIONS_PER_MESSAGE = 5_000;

/**
 * One reading as a device sends it. Only the shape is checked here: a single bad value is quarantined by itself and
 * takes none of its neighbours along, so values, units and qualities stay unknown until the metric's row judges them.
 * Members that the city does not know are ignored.
 */
export const Reading = z
  .object({
    time: z.union([z.string(), z.number()]).optional().meta({
      description: 'Phenomenon time: RFC 3339 or milliseconds since the epoch. Without it, the time of receipt.',
    }),
    values: z
      .record(z.string(), z.unknown())
      .meta({ description: 'Metric id to number.', example: { mean_speed: 31.5 } }),
    position: z.unknown().optional().meta({ description: '[longitude, latitude] in degrees, WGS 84, for what moves.' }),
    quality: z
      .record(z.string(), z.unknown())
      .optional()
      .meta({ description: 'Metric id to valid, suspect or invalid; valid where not given.' }),
    units: z
      .record(z.string(), z.unknown())
      .optional()
      .meta({ description: 'Metric id to UCUM code; the metric’s own unit where not given.' }),
  })
  .meta({ id: 'Reading' });
export type Reading = z.infer<typeof Reading>;

/** What a device publishes on its telemetry topic or posts: one reading or several, in any order of time. */
export const TelemetryMessage = z
  .union([Reading, z.array(Reading)])
  .meta({ id: 'TelemetryMessage', example: { time: '2026-11-24T08:00:00+07:00', values: { mean_speed: 31.5 } } });
export type TelemetryMessage = z.infer<typeof TelemetryMessage>;

const RFC3339 = z.iso.datetime({ offset: true });

const timestamp = (text: string): number => {
  const upper = text.toUpperCase();
  return RFC3339.safeParse(upper).success ? Date.parse(upper) : Number.NaN;
};

/**
 * RFC 3339 (section 5.6; letters in either case, an offset is needed, leap seconds are not known) or ms since the epoch
 * to ms; undefined for anything else. Fractions of a ms are cut.
 */
export function phenomenonTime(time: string | number): number | undefined {
  const ms = typeof time === 'number' ? Math.trunc(time) : timestamp(time);
  return Number.isFinite(ms) && Math.abs(ms) <= 8.64e15 ? ms : undefined;
}
