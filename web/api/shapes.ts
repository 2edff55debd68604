import type { z } from 'zod';
import type { CityFigure as ApiCityFigure } from '../../api/city/figures.ts';
import type { ProfileFigure as ApiProfileFigure, ProfileView as ApiProfileView } from '../../api/profile/view.ts';
import type { AggregateView as AggregateSchema } from '../../api/routes/aggregates.ts';
import type { BaseMapView as BaseMapSchema } from '../../api/routes/basemap.ts';
import type { CityView as ApiCityView } from '../../api/routes/city.ts';
import type { MapDevices as ApiMapDevices } from '../../api/routes/map-devices.ts';
import type { MapSummary as ApiMapSummary, MapTotal as ApiMapTotal } from '../../api/routes/map-summary.ts';
import type { ReplayedView as ReplayedSchema } from '../../api/routes/quarantine-replay.ts';
import type { Summary as QuarantineSummarySchema } from '../../api/routes/quarantine-summary.ts';
import type { SessionView as SessionSchema } from '../../api/routes/session.ts';
import type {
  DeviceView as ApiDeviceView,
  LatestView as ApiLatestView,
  MapFeature as ApiMapFeature,
  AreaView as AreaSchema,
  MapView,
  StreamObservation,
  StreamPresence as StreamPresenceSchema,
} from '../../api/views.ts';
import type { ObservationView } from '../../model/observation.ts';

/** A list as the API answers it. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

/** What `GET /api/v1/map/{domain}` answers, and one device of it. */
export type MapCollection = MapView;
export type MapFeature = ApiMapFeature;

/** A ward or the city as `GET /api/v1/areas` answers it. */
export type AreaView = z.infer<typeof AreaSchema>;

/** How many devices a domain has on the map, and what a view of it holds. */
export type MapTotal = ApiMapTotal;
export type MapSummary = ApiMapSummary;

/** Some devices of a large domain as `GET /api/v1/map/{domain}/devices` answers them. */
export type MapDevices = ApiMapDevices;

/** One device and its newest values, as `GET /api/v1/devices/{id}` and its `latest` answer them. */
export type DeviceView = ApiDeviceView;
export type LatestView = ApiLatestView;

/** What the page uses of a device as `GET /api/v1/devices` lists it. */
export type DeviceHit = Pick<ApiDeviceView, 'id' | 'domain' | 'kind' | 'name' | 'simulated'>;

/** What the city offers to draw the map on. */
export type BaseMapView = z.infer<typeof BaseMapSchema>;

/** Key figures of the whole city as `GET /api/v1/city` answers them, and one of them. */
export type CityView = ApiCityView;
export type CityFigure = ApiCityFigure;

/** An area in figures as `GET /api/v1/profile` answers it, and one of them. */
export type ProfileView = ApiProfileView;
export type ProfileFigure = ApiProfileFigure;

/** Whose key the page reads with, and which metrics stay closed. */
export type SessionView = z.infer<typeof SessionSchema>;

/** What `GET /api/v1/quarantine/summary` answers. */
export type QuarantineOverview = z.infer<typeof QuarantineSummarySchema>;

/** What `POST /api/v1/quarantine/replay` answers. */
export type Replayed = z.infer<typeof ReplayedSchema>;

/** What the page uses of an observation of the stream. */
export type ObservationEvent = Pick<
  StreamObservation,
  'device' | 'domain' | 'metric' | 'time' | 'value' | 'quality' | 'position'
>;

/** The stream's `observations` event. */
export interface ObservationsEvent {
  readonly items: readonly ObservationEvent[];
}

/** What the page uses of the stream's `presence` event. */
export type PresenceEvent = Pick<
  z.infer<typeof StreamPresenceSchema>,
  'device' | 'domain' | 'online' | 'since' | 'reason'
>;

/** What the page uses of one window of `GET /api/v1/aggregates`. */
export type Windowed = Pick<
  z.infer<typeof AggregateSchema>,
  'time' | 'value' | 'mean' | 'min' | 'max' | 'completeness' | 'expected' | 'received' | 'oldest' | 'newest'
>;

/** What the page uses of an item of `GET /api/v1/observations`. */
export type Observed = Pick<ObservationView, 'time' | 'value' | 'quality' | 'flags' | 'received'>;

/** A figure of one ward: what the page uses of `GET /api/v1/aggregates?group_by=area`. */
export type AreaFigure = Pick<
  z.infer<typeof AggregateSchema>,
  'group' | 'time' | 'value' | 'completeness' | 'newest' | 'devices'
>;

/** The same with how many reports were due and came: what the map's wards are coloured by. */
export type WardFigureView = AreaFigure & Pick<z.infer<typeof AggregateSchema>, 'expected' | 'received'>;
