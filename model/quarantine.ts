import { z } from 'zod';
import { DeviceId, ProviderId } from './device.ts';
import { Reason } from './reason.ts';
import { FORMATS } from './topic.ts';

/** What may have become of an item: it waits for somebody, was sent through the city again, or was judged hopeless. */
export const QUARANTINE_STATES = ['waiting', 'replayed', 'dismissed'] as const;
export type QuarantineState = (typeof QUARANTINE_STATES)[number];

/**
 * Something that was accepted and could not be stored. `scope` says whether the whole message or one observation of
 * it was set aside; `payload` is the message as text (base64 where it is not UTF-8): whole where one item is asked for,
 * its first 8 KiB in lists.
 */
export const QuarantineItem = z
  .object({
    id: z.string().meta({ example: '1-0' }),
    scope: z.enum(['message', 'observation']),
    device: DeviceId,
    provider: ProviderId,
    domain: z
      .string()
      .meta({ description: 'Of the topic that it was sent to; empty for an uplink of no known device.' }),
    format: z.enum(FORMATS),
    received: z.iso.datetime(),
    reason: Reason,
    detail: z.string(),
    metric: z.string().nullable(),
    payload: z.string(),
    encoding: z.enum(['utf8', 'base64']),
    bytes: z.number().int().nonnegative().nullable().meta({
      description: 'Of the whole message: a list shows its first 8,192. Null where a version before kept a part only.',
    }),
    truncated: z
      .boolean()
      .meta({ description: 'A version before kept the beginning of the message only: it cannot be replayed.' }),
    /** When it was sent through the city again; null until then. */
    replayed: z.iso.datetime().nullable(),
    /** When somebody judged it hopeless; null where nobody did. */
    dismissed: z.iso.datetime().nullable(),
  })
  .meta({ id: 'QuarantineItem' });
export type QuarantineItem = z.infer<typeof QuarantineItem>;

/** Why a message cannot be replayed: append-only. */
export const REFUSALS = ['truncated', 'unregistered', 'other-provider', 'too-old'] as const;
export const RefusalCode = z.enum(REFUSALS).meta({ id: 'RefusalCode' });
export type RefusalCode = z.infer<typeof RefusalCode>;

const count = z.number().int().nonnegative();

/** How many items, by what became of them. */
export const QuarantineCounts = z
  .object({ items: count, waiting: count, replayed: count, dismissed: count })
  .meta({ id: 'QuarantineCounts' });
export type QuarantineCounts = z.infer<typeof QuarantineCounts>;

/** The quarantine in numbers; each list holds the largest first. */
export const QuarantineSummary = z
  .object({
    ...QuarantineCounts.shape,
    reasons: z.array(z.object({ reason: Reason, ...QuarantineCounts.shape })),
    providers: z.array(z.object({ provider: z.string(), ...QuarantineCounts.shape })),
    devices: z
      .array(z.object({ device: DeviceId, ...QuarantineCounts.shape }))
      .meta({ description: 'Those with the most items, at most `top`.' }),
  })
  .meta({ id: 'QuarantineSummary' });
export type QuarantineSummary = z.infer<typeof QuarantineSummary>;
