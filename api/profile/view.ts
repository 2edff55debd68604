import { z } from 'zod';
import { Area } from '../../model/area.ts';
import { Level } from '../../model/level.ts';
import { MetricId } from '../../model/metric.ts';
import { PROFILE_SPANS } from '../../model/profile.ts';
import { UnitCode } from '../../model/unit.ts';
import { CityDevices } from '../city/devices.ts';

/** A total is told for so many inhabitants too. */
export const INHABITANTS = 10_000;

const time = z.iso.datetime();
const share = z.number().min(0).max(1).nullable();

export const ProfileRank = z
  .object({
    place: z
      .number()
      .int()
      .min(1)
      .meta({ description: '1 has the greatest figure; wards with the same share a place.' }),
    of: z.number().int().min(1).meta({ description: 'Wards that have a figure, whether or not it is complete.' }),
    by: z
      .enum(['value', 'inhabitants'])
      .meta({ description: `What is compared: the value, or what it is per ${INHABITANTS} inhabitants.` }),
    ...{ lowest: z.number(), median: z.number(), highest: z.number() },
  })
  .meta({ id: 'ProfileRank', description: 'Where a ward stands among the wards.' });
export type ProfileRank = z.infer<typeof ProfileRank>;

export const ProfileBefore = z
  .object({
    ...{ from: time, to: time, value: z.number(), completeness: share },
    difference: z.number().meta({ description: 'The value less the one before.' }),
    ratio: z
      .number()
      .nullable()
      .meta({ description: 'The difference as a share of the value before; null where that is 0.' }),
  })
  .meta({ id: 'ProfileBefore', description: 'The same span of the week before.' });
export type ProfileBefore = z.infer<typeof ProfileBefore>;

export const ProfileFigure = z
  .object({
    metric: MetricId,
    value: z.number().nullable().meta({ description: 'As in GET /api/v1/aggregates of this range.' }),
    unit: UnitCode,
    level: Level.nullable().meta({ description: 'By the metric’s thresholds; null where it has none and for totals.' }),
    per_inhabitants: z
      .number()
      .nullable()
      .meta({
        description: `A total per ${INHABITANTS} inhabitants; null for what is no total, or without population.`,
      }),
    over: z.enum(PROFILE_SPANS),
    from: time,
    to: time.meta({ description: 'Exclusive.' }),
    expected: z.number().int().nullable(),
    received: z.number().int(),
    completeness: share,
    newest: time.nullable(),
    devices: z.number().int().meta({ description: 'Devices that contributed.' }),
    rank: ProfileRank.nullable().meta({ description: 'Null for what is no ward, and for a ward without a figure.' }),
    before: ProfileBefore.nullable().meta({ description: 'Null where nothing was received then, or is now.' }),
    missing: z
      .enum(['no-data', 'unavailable'])
      .nullable()
      .meta({ description: 'Why there is no value: nothing was received, or the store does not answer right now.' }),
  })
  .meta({ id: 'ProfileFigure' });
export type ProfileFigure = z.infer<typeof ProfileFigure>;

export const ProfileDomain = z
  .object({ domain: z.string(), figures: z.array(ProfileFigure) })
  .meta({ id: 'ProfileDomain' });

export const ProfileView = z
  .object({
    time: time.meta({ description: 'When it was worked out.' }),
    area: Area.pick({ id: true, level: true, kind: true, name: true, population: true, approximate: true }).nullable(),
    within: z.string().nullable().meta({ description: 'The drawn area, as it was understood.' }),
    size: z.number().nullable().meta({ description: 'Of a drawn area, m².' }),
    approximate: z.boolean().meta({ description: 'Whether approximate ward cells were used: it must be shown.' }),
    devices: CityDevices.meta({ description: 'Active devices in it, right now.' }),
    domains: z.array(ProfileDomain),
    hidden: z.number().int().meta({ description: 'Figures left out, since they need a key that may read them.' }),
  })
  .meta({ id: 'Profile' });
export type ProfileView = z.infer<typeof ProfileView>;
