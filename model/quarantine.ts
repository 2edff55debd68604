import { z } from 'zod';
import { DeviceId, ProviderId } from './device.ts';
import { Reason } from './reason.ts';
import { FORMATS } from './topic.ts';

/**
 * Something that was accepted and could not be stored. `scope` says whether the whole message or one observation of
 * it was set aside; `payload` is the whole message as text (base64 where it is not UTF-8), cut at 8 KiB.
 */
export const QuarantineItem = z
  .object({
    id: z.string().meta({ example: '1-0' }),
    scope: z.enum(['message', 'observation']),
    device: DeviceId,
    provider: ProviderId,
    domain: z.string().meta({ description: 'Of the topic that it was sent to.' }),
    format: z.enum(FORMATS),
    received: z.iso.datetime(),
    reason: Reason,
    detail: z.string(),
    metric: z.string().nullable(),
    payload: z.string(),
    encoding: z.enum(['utf8', 'base64']),
    truncated: z.boolean().meta({ description: 'The message was longer than what is kept of it.' }),
    /** When it was sent through the city again; null until then. */
    replayed: z.iso.datetime().nullable(),
  })
  .meta({ id: 'QuarantineItem' });
export type QuarantineItem = z.infer<typeof QuarantineItem>;
