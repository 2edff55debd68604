import type { z } from 'zod';
import type { AggregateView as AggregateSchema } from '../../api/routes/aggregates.ts';
import type {
  MapFeature as ApiMapFeature,
  MapView,
  StreamObservation,
  StreamPresence as StreamPresenceSchema,
} from '../../api/views.ts';

/** A list as the API answers it. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

/** What `GET /api/v1/map/{domain}` answers, and one device of it. */
export type MapCollection = MapView;
export type MapFeature = ApiMapFeature;

/** What the page uses of the stream's `observation` event. */
export type ObservationEvent = Pick<
  StreamObservation,
  'device' | 'domain' | 'metric' | 'time' | 'value' | 'quality' | 'position'
>;

/** What the page uses of the stream's `presence` event. */
export type PresenceEvent = Pick<z.infer<typeof StreamPresenceSchema>, 'device' | 'domain' | 'online' | 'since'>;

/** What the page uses of one window of `GET /api/v1/aggregates`. */
export type Aggregate = Pick<z.infer<typeof AggregateSchema>, 'time' | 'value' | 'min' | 'max' | 'completeness'>;
