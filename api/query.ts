import { Duration } from 'luxon';
import { z } from 'zod';
import { DEVICE_STATES, DeviceCondition } from '../model/device.ts';
import { BBox } from '../model/geometry.ts';
import { phenomenonTime } from '../model/telemetry.ts';
import { CORNERS_AT_MOST, isFault, RADIUS_AT_MOST, readWithin, type Within } from '../model/within.ts';

/** A parameter that may be repeated or carry several values between commas. */
export function several<T extends z.ZodType>(item: T, description: string, max = 1_000) {
  const split = (value: unknown): unknown => {
    const given = typeof value === 'string' ? [value] : value;
    return Array.isArray(given) ? given.flatMap((text) => String(text).split(',')) : given;
  };
  return z
    .preprocess(split, z.array(item).min(1).max(max))
    .optional()
    .meta({
      param: { style: 'form', explode: true, description: `${description} Repeat it or separate by commas.` },
    });
}

/** `west,south,east,north` in degrees. */
export const bbox = z
  .preprocess(
    (value) =>
      typeof value === 'string' ? value.split(',').map((part) => (part.trim() ? Number(part) : Number.NaN)) : value,
    BBox,
  )
  .optional()
  .meta({ param: { style: 'form', explode: false, description: 'west,south,east,north in degrees, WGS 84' } });

/** A drawn area, as `readWithin` reads it. */
export const within = z
  .string()
  // Before it is read: a hundred corners are some two thousand characters.
  .max(10_000, 'a drawn area is at most 10,000 characters long')
  .transform((text, context): Within => {
    const read = readWithin(text);
    if (!isFault(read)) return read;
    context.addIssue({ code: 'custom', message: read.message });
    return z.NEVER;
  })
  .optional()
  .meta({
    param: {
      description: [
        'A drawn area in degrees, WGS 84, kept to 5 decimals (a metre): `circle:lon,lat,metres` or',
        '`polygon:lon lat,lon lat,…`. A circle’s radius is at most',
        `${RADIUS_AT_MOST / 1_000} km; a polygon has at most ${CORNERS_AT_MOST} corners, its sides do not cross, and the first corner need not be repeated.`,
      ].join(' '),
    },
  });

/** A day in the documentation. */
const EXAMPLE_RANGE = { from: '2026-11-23T00:00:00+07:00', to: '2026-11-24T00:00:00+07:00' } as const;

/** What any calendar here can reckon with: the years 1 to 9999, ms. */
const [EARLIEST, LATEST] = [Date.parse('0001-01-01T00:00:00Z'), Date.parse('9999-12-31T23:59:59.999Z')];
/** A moment that a query may ask for, ms. */
export const moment = z.number().int().min(EARLIEST).max(LATEST);

/** A point in time, RFC 3339 or ms since the epoch, as ms; `end` of which range it is. */
export function instantParam(description: string, end?: keyof typeof EXAMPLE_RANGE) {
  return z
    .string()
    .transform((text, context) => {
      const ms = phenomenonTime(/^-?\d+$/.test(text) ? Number(text) : text);
      if (moment.safeParse(ms).success && ms !== undefined) return ms;
      const message = 'neither RFC 3339 nor milliseconds since the epoch, of the years 1 to 9999';
      context.addIssue({ code: 'custom', message });
      return z.NEVER;
    })
    .optional()
    .meta({
      param: { description: `${description} RFC 3339 or ms since the epoch.` },
      ...(end ? { example: EXAMPLE_RANGE[end] } : {}),
    });
}

export const limit = (preset: number, max: number) =>
  z.coerce
    .number()
    .int()
    .min(1)
    .max(max)
    .default(preset)
    .meta({ param: { description: 'Items of a page.' } });

export const cursor = z
  .string()
  .optional()
  .meta({ param: { description: '`next` of the page before, with the same filters.' } });

export const simulated = z
  .enum(['include', 'exclude', 'only'])
  .default('include')
  .meta({ param: { description: 'Whether simulated devices count.' } });
export type SimulatedFilter = 'include' | 'exclude' | 'only';

/** Whether what is marked so counts. */
export const counts = (asked: SimulatedFilter, simulated: boolean): boolean =>
  asked === 'include' || simulated === (asked === 'only');

const TagFilter = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,31}:.+$/, 'a tag filter is name:value')
  .transform((text) => [text.slice(0, text.indexOf(':')), text.slice(text.indexOf(':') + 1)] as const);

/** `name:value`, as many as a device has tags. A value may hold a comma, so that only repeating gives several. */
export const tag = z
  .preprocess((value) => (typeof value === 'string' ? [value] : value), z.array(TagFilter).min(1).max(16))
  .optional()
  .meta({
    param: {
      style: 'form',
      explode: true,
      description: 'Only devices with this tag, name:value. Repeat it: all must hold.',
    },
  });

/** An ISO 8601 duration or seconds, as ms. */
export const freshWithin = z
  .string()
  .transform((text, context) => {
    const ms = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1_000 : Duration.fromISO(text).toMillis();
    if (ms > 0 && Number.isFinite(ms)) return ms;
    context.addIssue({ code: 'custom', message: 'neither an ISO 8601 duration such as PT15M nor seconds' });
    return z.NEVER;
  })
  .optional()
  .meta({
    param: {
      description:
        'Only devices whose newest observation, by phenomenon time, is at most that old: PT15M, P1D or seconds.',
    },
  });

/** The parameters that choose devices of a domain, everywhere the same. */
export const filtersInDomain = {
  kind: z.string().optional(),
  provider: z.string().optional(),
  area: z
    .string()
    .optional()
    .meta({ param: { description: 'An area of GET /api/v1/areas.' } }),
  bbox,
  within,
  tag,
  state: z
    .enum(DEVICE_STATES)
    .optional()
    .meta({ param: { description: 'active or retired.' } }),
  simulated,
  condition: several(DeviceCondition, 'How a device does right now; see GET /api/v1/map/{domain}.', 4),
  fresh_within: freshWithin,
};

/** The parameters that choose devices, everywhere the same. */
export const deviceFilters = { domain: z.string().optional(), ...filtersInDomain };

const DAY = 86_400_000;

/** The asked range, ms: the last 24 hours by default. */
export function rangeOf(query: { from?: number | undefined; to?: number | undefined }, now: number) {
  // `to` is exclusive: an observation of this very millisecond belongs to the default range.
  const to = query.to ?? now + 1;
  return { from: query.from ?? to - DAY, to };
}
