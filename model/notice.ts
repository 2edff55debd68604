import { z } from 'zod';
import { Reason } from './reason.ts';

/**
 * What the broker itself says, beside the reasons of the quarantine. After the first two the client is disconnected;
 * `too-fast` refuses nothing: the sender is read more slowly, and nothing is lost.
 */
export const DOOR_CODES = ['forbidden-topic', 'packet-too-large', 'too-fast'] as const;
export type DoorCode = (typeof DOOR_CODES)[number];

/** What a device reads on its `rejected` topic: why something it sent was not stored. At most once (QoS 0). */
export const RejectedNotice = z
  .object({
    reason: z.union([Reason, z.enum(DOOR_CODES)]),
    detail: z.string(),
    received: z.iso.datetime(),
    metric: z.string().nullable().meta({ description: 'The metric of the observation; null for the whole message.' }),
    suppressed: z
      .number()
      .int()
      .positive()
      .optional()
      .meta({ description: 'Notices left out before this one because there were too many a second.' }),
  })
  .meta({ id: 'RejectedNotice' });
export type RejectedNotice = z.infer<typeof RejectedNotice>;
