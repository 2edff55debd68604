import { z } from 'zod';
import { DeviceId, Presence } from './device.ts';

/** Changes of one answer. */
export const PRESENCE_CHANGES_AT_MOST = 100_000;

/** When devices were connected: of each its changes in order of time, the first of which may lie before the range. */
export const PresenceHistory = z
  .object({
    from: z.iso.datetime().meta({ description: 'Inclusive.' }),
    to: z.iso.datetime().meta({ description: 'Exclusive.' }),
    items: z.array(z.object({ device: DeviceId, changes: z.array(Presence) })),
  })
  .meta({ id: 'PresenceHistory' });
export type PresenceHistory = z.infer<typeof PresenceHistory>;
