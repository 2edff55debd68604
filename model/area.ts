import { z } from 'zod';
import { Position } from './geometry.ts';
import { Text } from './text.ts';

const ring = z.array(Position).min(4);
/** RFC 7946, sections 3.1.6 and 3.1.7. */
export const AreaGeometry = z
  .discriminatedUnion('type', [
    z.object({ type: z.literal('Polygon'), coordinates: z.array(ring).min(1) }),
    z.object({ type: z.literal('MultiPolygon'), coordinates: z.array(z.array(ring).min(1)).min(1) }),
  ])
  .meta({ id: 'AreaGeometry' });
export type AreaGeometry = z.infer<typeof AreaGeometry>;

/** A place on the administrative map. `approximate` cells are drawn from points, not surveyed: say so wherever shown; `attribution` too. */
export const Area = z
  .object({
    id: z.string().regex(/^[a-z0-9][a-z0-9-]{1,63}$/),
    level: z.enum(['city', 'ward']),
    kind: z.enum(['city', 'ward', 'commune']),
    name: Text,
    population: z.number().int().nonnegative().nullable(),
    point: Position,
    approximate: z.boolean(),
    geometry: AreaGeometry,
    attribution: z.string().min(1).max(200).nullable().optional(),
  })
  .meta({ id: 'Area' });
export type Area = z.infer<typeof Area>;
