import { z } from 'zod';
import { Geometry, Position } from './geometry.ts';

/** Safe in a topic level, a URL and a file name alike; also the MQTT user name and client id. */
export const DeviceId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{2,63}$/, 'a device id is 3 to 64 of a-z, 0-9 and -, starting with a letter or digit')
  .meta({ id: 'DeviceId', example: 'sim-counter-an-trach-cat-linh-1' });

export const ProviderId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{1,63}$/, 'a provider id is 2 to 64 of a-z, 0-9 and -')
  .meta({ id: 'ProviderId', example: 'hanoi' });

/** The provider of devices that name none: the city itself. */
export const CITY_PROVIDER = 'hanoi';

/** The agency or firm that answers for its devices. */
export const Provider = z
  .object({ id: ProviderId, name: z.string().min(1).max(200), simulated: z.boolean() })
  .meta({ id: 'Provider' });
export type Provider = z.infer<typeof Provider>;

export const Tags = z
  .record(
    z.string().regex(/^[a-z][a-z0-9_]{0,31}$/, 'a tag name is up to 32 of a-z, 0-9 and _'),
    z.string().min(1).max(100),
  )
  .refine((tags) => Object.keys(tags).length <= 16, 'a device has at most 16 tags')
  .meta({ id: 'Tags', example: { level: '4' } });
export type Tags = z.infer<typeof Tags>;

const name = z.string().trim().min(1).max(200);

export const DEVICE_STATES = ['active', 'retired'] as const;
export type DeviceState = (typeof DEVICE_STATES)[number];

/** A device as the registry keeps it. `geometry` is null for one that moves: its observations carry the position. */
export const Device = z
  .object({
    id: DeviceId,
    domain: z.string(),
    kind: z.string(),
    name,
    // a union, not nullable(): the OpenAPI generator would make every Geometry nullable
    geometry: z.union([Geometry, z.null()]),
    provider: ProviderId,
    tags: Tags,
    simulated: z.boolean(),
    state: z.enum(DEVICE_STATES),
    created: z.iso.datetime(),
    updated: z.iso.datetime(),
  })
  .meta({ id: 'Device' });
export type Device = z.infer<typeof Device>;

/** What registering a device takes: `position` is short for a Point; a moving kind may give neither. */
export const NewDevice = z
  .object({
    id: DeviceId,
    domain: z.string().min(1),
    kind: z.string().min(1),
    name,
    position: Position.optional(),
    geometry: Geometry.optional(),
    provider: ProviderId.optional(),
    tags: Tags.optional(),
    simulated: z.boolean().optional(),
  })
  .strict()
  .refine((device) => !(device.position && device.geometry), 'give position or geometry, not both')
  .meta({
    id: 'NewDevice',
    example: {
      ...{
        id: 'counter-kim-ma-1',
        domain: 'traffic',
        kind: 'counter',
        name: 'Kim Mã 1',
        position: [105.8194, 21.0314],
      },
      tags: { level: '4' },
    },
  });
export type NewDevice = z.infer<typeof NewDevice>;

/** What may change later. Domain, kind and provider of stored observations would change their meaning, so they stay. */
export const DevicePatch = z
  .object({
    name: name.optional(),
    position: Position.optional(),
    geometry: Geometry.optional(),
    tags: Tags.optional(),
    state: z.enum(DEVICE_STATES).optional(),
  })
  .strict()
  .refine((device) => !(device.position && device.geometry), 'give position or geometry, not both')
  .meta({ id: 'DevicePatch', example: { name: 'Kim Mã 2', tags: { level: '5' } } });
export type DevicePatch = z.infer<typeof DevicePatch>;

/** A device's way in: MQTT user name and password, and HTTP Basic. The password is shown once and kept as a hash. */
export const Credential = z.object({ username: DeviceId, password: z.string() }).meta({ id: 'Credential' });
export type Credential = z.infer<typeof Credential>;

/** Someone who may only read what goes over MQTT. Its name is nobody else's, device or observer. */
export const NewObserver = z
  .strictObject({ username: DeviceId })
  .meta({ id: 'NewObserver', example: { username: 'wall' } });

/** Whether a device is connected, since when and why; published retained on its status topic. */
export const Presence = z
  .object({ online: z.boolean(), since: z.iso.datetime(), reason: z.string() })
  .meta({ id: 'Presence' });
export type Presence = z.infer<typeof Presence>;

/** What the map says of a device: `new` never reported, `silent` has missed three expected intervals, `offline` is silent and disconnected. */
export const DEVICE_CONDITIONS = ['live', 'silent', 'offline', 'new'] as const;
export const DeviceCondition = z.enum(DEVICE_CONDITIONS);
export type DeviceCondition = z.infer<typeof DeviceCondition>;
