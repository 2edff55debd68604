import { z } from 'zod';
import { DerivedMetric, Metric, MetricId } from './metric.ts';
import { Text } from './text.ts';

const slug = z.string().regex(/^[a-z][a-z0-9-]{1,31}$/, 'a slug is 2 to 32 of a-z, 0-9 and -, starting with a letter');

/** What a device of a kind is on the map: a point, a line (road segment, network link) or something that moves. */
export const KIND_GEOMETRIES = ['point', 'line', 'moving'] as const;

/** How the binary payload of a maker's LoRaWAN product becomes observations. */
export const Lorawan = z
  .object({
    decoder: slug.meta({ description: 'The decoder of its payload.' }),
    values: z
      .record(MetricId, z.string().min(1))
      .meta({ description: 'The maker’s name of the value that is the metric, in the metric’s unit.' }),
  })
  .meta({ id: 'Lorawan' });
export type Lorawan = z.infer<typeof Lorawan>;

/**
 * A kind of device: what it measures, in the order a panel shows it; `headline` colours it on the map. Its id is unique
 * in the city. A maker's product is `like` a kind of its domain: it looks like that one on the map, and is listed only
 * where there are such devices.
 */
export const Kind = z
  .object({
    id: slug,
    name: Text,
    geometry: z.enum(KIND_GEOMETRIES),
    metrics: z.array(MetricId).min(1),
    headline: MetricId,
    like: slug.optional(),
    interval: z.number().int().positive().optional().meta({
      description:
        'Expected seconds between two reports of such a device, where they are other than its metrics say: the heartbeat of one that else reports on change.',
    }),
    lorawan: Lorawan.optional(),
  })
  .meta({ id: 'Kind' });
export type Kind = z.infer<typeof Kind>;

/** The span a key figure covers: so long until now, or the city's day so far. */
export const SPANS = ['PT15M', 'PT1H', 'today'] as const;

/** A figure of the whole city that stands in the page's header. */
export const KeyFigure = z
  .object({ metric: MetricId.meta({ description: 'A metric or derived metric.' }), over: z.enum(SPANS) })
  .meta({ id: 'KeyFigure' });
export type KeyFigure = z.infer<typeof KeyFigure>;

/** One branch of city life: its kinds of device, the metrics it owns, those derived from them, and what matters most of it. */
export const Domain = z
  .object({
    id: slug,
    name: Text,
    kinds: z.array(Kind).min(1),
    metrics: z.array(Metric),
    derived: z.array(DerivedMetric),
    keyFigures: z.array(KeyFigure).min(1).max(4),
  })
  .meta({ id: 'Domain' });
export type Domain = z.infer<typeof Domain>;
