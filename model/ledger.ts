import { z } from 'zod';

const count = z.number().int().nonnegative();

/** accepted = processed + quarantined + pending, at every moment. */
export const MessageCounts = z
  .object({ accepted: count, processed: count, quarantined: count, pending: count })
  .meta({ id: 'MessageCounts' });
export type MessageCounts = z.infer<typeof MessageCounts>;

/** decoded = stored + duplicate + corrected + quarantined, at every moment. */
export const ObservationCounts = z
  .object({ decoded: count, stored: count, duplicate: count, corrected: count, quarantined: count })
  .meta({ id: 'ObservationCounts' });
export type ObservationCounts = z.infer<typeof ObservationCounts>;

/** The books of the city: what came in and what became of it, in total and by provider. */
export const Ledger = z
  .object({
    messages: MessageCounts,
    observations: ObservationCounts,
    providers: z.array(z.object({ id: z.string(), messages: MessageCounts, observations: ObservationCounts })),
  })
  .meta({ id: 'Ledger' });
export type Ledger = z.infer<typeof Ledger>;
