import { z } from 'zod';
import { Band } from './level.ts';
import { Text } from './text.ts';
import { UnitCode } from './unit.ts';

export const MetricId = z
  .string()
  .regex(/^[a-z][a-z0-9_]{1,47}$/, 'a metric id is 2 to 48 of a-z, 0-9 and _, starting with a letter')
  .meta({ example: 'mean_speed' });

/** How one device's observations in a window become that device's figure. */
export const OVER_TIME = ['mean', 'sum', 'last', 'max'] as const;
/** How the devices' figures become a group's figure; `ratio` is for derived metrics only. */
export const OVER_DEVICES = ['sum', 'mean', 'max'] as const;
/** Who may read a metric: anyone, partners with a key, or holders of a key with the restricted scope. */
export const ACCESS = ['public', 'partner', 'restricted'] as const;
export type Access = (typeof ACCESS)[number];

const bands = z
  .array(Band)
  .refine(
    (rows) => rows.length === 0 || rows.at(-1)?.below === null,
    'the last band must be open upwards (below: null)',
  )
  .refine(
    (rows) => rows.every((row, i) => i === 0 || row.below === null || row.below > (rows[i - 1]?.below ?? Infinity)),
    'bands must rise',
  );

/**
 * A measured quantity as a row. Ids are append-only; unit and meaning never change once data exist.
 * `range` is inclusive and in `unit`; `interval` is the expected seconds between two observations of one device.
 */
export const Metric = z
  .object({
    id: MetricId,
    name: Text,
    description: Text,
    unit: UnitCode,
    range: z.tuple([z.number(), z.number()]).refine(([low, high]) => low < high, 'the range is empty'),
    interval: z.number().int().positive(),
    thresholds: bands,
    overTime: z.enum(OVER_TIME),
    overDevices: z.enum(OVER_DEVICES),
    access: z.enum(ACCESS),
  })
  .meta({ id: 'Metric' });
export type Metric = z.infer<typeof Metric>;

const derivedFields = {
  id: MetricId,
  name: Text,
  description: Text,
  unit: UnitCode,
  thresholds: bands,
  access: z.enum(ACCESS),
};

/** A ratio of two metrics' group figures: figure(numerator) / figure(denominator) * scale, never a mean of ratios. */
export const RatioMetric = z
  .object({
    ...derivedFields,
    overDevices: z.literal('ratio'),
    numerator: MetricId,
    denominator: MetricId,
    scale: z.number().positive(),
  })
  .meta({ id: 'RatioMetric' });
export type RatioMetric = z.infer<typeof RatioMetric>;

/** Published methods that make one index of several metrics' hourly figures. */
export const INDEX_METHODS = ['vn-aqi'] as const;

/** An index that a published method makes of the group's hourly figures of its inputs; told by hours and days only. */
export const IndexMetric = z
  .object({
    ...derivedFields,
    overDevices: z.literal('index'),
    method: z.enum(INDEX_METHODS),
    inputs: z.array(MetricId).min(1),
  })
  .meta({ id: 'IndexMetric' });
export type IndexMetric = z.infer<typeof IndexMetric>;

/** A metric that no device reports: the city works it out of others. */
export const DerivedMetric = z.discriminatedUnion('overDevices', [RatioMetric, IndexMetric]);
export type DerivedMetric = z.infer<typeof DerivedMetric>;

/** Ids of the metrics that a derived one is worked out of. */
export const inputsOf = (metric: DerivedMetric): readonly string[] =>
  metric.overDevices === 'ratio' ? [metric.numerator, metric.denominator] : metric.inputs;
