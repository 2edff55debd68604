import { z } from 'zod';
import { Area, AreaGeometry } from '../model/area.ts';
import type { Catalogue } from '../model/catalogue.ts';
import { ConditionReason } from '../model/condition.ts';
import { Credential, Device, DeviceCondition, DeviceId, Presence, ProviderId, Tags } from '../model/device.ts';
import { Domain } from '../model/domain.ts';
import { Geometry } from '../model/geometry.ts';
import { Level, levelOf } from '../model/level.ts';
import { IndexMetric, Metric, MetricId, RatioMetric } from '../model/metric.ts';
import { type Observation, ObservationView, Quality, viewOf } from '../model/observation.ts';

/** The level of a value by its metric's thresholds; null where the metric has none. */
export function levelIn(catalogue: Catalogue, metric: string, value: number): Level | null {
  const row = catalogue.metric(metric);
  return (row && levelOf(row.thresholds, value)) ?? null;
}

/** A domain with the rows of every metric its kinds report, also of those another domain owns. */
export const DomainView = Domain.meta({ id: 'Domain' });

const owner = z.string().meta({ description: 'The domain whose file declares it.' });
/** A metric or derived metric and the domain it is declared in; a derived one has `overDevices` ratio or index. */
export const MetricView = z.union([Metric, RatioMetric, IndexMetric].map((row) => row.extend({ domain: owner })));

/** An area; the polygon only on demand, for 126 of them are heavy. `attribution` is what must stand beside it. */
export const AreaView = Area.omit({ geometry: true })
  .extend({ attribution: z.string().nullable(), geometry: AreaGeometry.optional() })
  .meta({ id: 'AreaView' });

const conditionShape = {
  condition: DeviceCondition,
  conditionSince: z.iso
    .datetime()
    .nullable()
    .meta({
      description:
        '`silent`: when the third expected interval ran out. `offline`: when the connection was lost. `live` and `new`: when ' +
        'it connected, null where it has no connection.',
    }),
  conditionReason: ConditionReason,
};
const ConditionView = z.object(conditionShape);
export type ConditionView = z.infer<typeof ConditionView>;

/** A device and how it does right now. */
export const DeviceView = Device.extend({
  ...conditionShape,
  connection: Presence.nullable().meta({
    description: 'As on its status topic; null for a device the broker has not seen, such as one that sends by HTTP.',
  }),
  newest: z.iso.datetime().nullable().meta({
    description: 'Phenomenon time of its newest observation; null for one that never reported.',
  }),
}).meta({ id: 'DeviceView' });
export type DeviceView = z.infer<typeof DeviceView>;

export const RegisteredDevice = Device.extend({ credential: Credential }).meta({
  id: 'RegisteredDevice',
  description: 'The password is shown this once.',
});

export const RegisteredObserver = z.object({ credential: Credential }).meta({
  id: 'RegisteredObserver',
  description: 'The password is shown this once.',
});

/** Someone who only reads over MQTT, and since when its present password is good. */
export const ObserverView = z.object({ username: DeviceId, created: z.iso.datetime() }).meta({ id: 'Observer' });

export const ImportedDevice = z.object({ id: DeviceId, credential: Credential }).meta({ id: 'ImportedDevice' });

const level = Level.nullable().meta({ description: 'By the metric’s thresholds; null where it has none.' });

/** The newest observation of a series and how it is judged. */
export const LatestView = ObservationView.extend({ level }).meta({ id: 'Latest' });
export type LatestView = z.infer<typeof LatestView>;

export function latestView(catalogue: Catalogue, observation: Observation): LatestView {
  return { ...viewOf(observation), level: levelIn(catalogue, observation.metric, observation.value) };
}

/** Data of an `observation` event of the stream. */
export const StreamObservation = LatestView.extend({ domain: z.string() }).meta({ id: 'StreamObservation' });
export type StreamObservation = z.infer<typeof StreamObservation>;

/** Data of a `presence` event of the stream. */
export const StreamPresence = Presence.extend({ device: DeviceId, domain: z.string() }).meta({ id: 'StreamPresence' });

const MapValue = z
  .object({
    value: z.number(),
    time: z.iso.datetime(),
    age: z.number().int().meta({ description: 'Seconds since the phenomenon time.' }),
    quality: Quality,
    level,
  })
  .meta({ id: 'MapValue' });
export type MapValue = z.infer<typeof MapValue>;

/** One device on the map (RFC 7946, section 3.2). A device that moves stands where it was last seen. */
export const MapFeature = z
  .object({
    type: z.literal('Feature'),
    id: DeviceId,
    geometry: z.union([Geometry, z.null()]),
    properties: z.object({
      id: DeviceId,
      kind: z.string(),
      name: z.string(),
      provider: ProviderId,
      simulated: z.boolean(),
      tags: Tags,
      headline: MetricId.nullable(),
      ...conditionShape,
      connected: z.boolean().nullable().meta({ description: 'Null for a device the broker has not seen.' }),
      since: z.iso.datetime().nullable().meta({ description: 'Since when it is connected or not.' }),
      created: z.iso.datetime().meta({ description: 'When it was registered.' }),
      retired: z.iso.datetime().nullable().meta({
        description: 'Since when one that is retired has been so, or when it was changed last; null for one in use.',
      }),
      latest: z.record(MetricId, MapValue),
    }),
  })
  .meta({ id: 'MapFeature' });
export type MapFeature = z.infer<typeof MapFeature>;

export const MapView = z
  .object({ type: z.literal('FeatureCollection'), time: z.iso.datetime(), features: z.array(MapFeature) })
  .meta({ id: 'Map' });
export type MapView = z.infer<typeof MapView>;
