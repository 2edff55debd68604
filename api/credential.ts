import { z } from '@hono/zod-openapi';
import { Credential } from '../model/device.ts';
import { instant } from '../model/observation.ts';
import type { ApiKey } from '../storage/registry/port.ts';
import { newSecret } from '../storage/secret.ts';
import type { Services } from './services.ts';

/** Longest time that two passwords are good beside each other, seconds. */
const LONGEST_OVERLAP = 30 * 86_400;
const DAY_MS = 86_400_000;
const OVERLAP = `must be whole seconds, at most ${LONGEST_OVERLAP}`;

/** The query of a route that makes a new password. */
export const RenewalQuery = z.strictObject({
  overlap: z
    .string()
    .regex(/^\d{1,7}$/, OVERLAP)
    .refine((text) => Number(text) <= LONGEST_OVERLAP, OVERLAP)
    .optional()
    .meta({
      param: {
        description:
          'Seconds for which the old password stays good beside the new one; 0 ends it at once. By default a day, or what the city is set to.',
      },
    }),
});

export const RenewedCredential = Credential.extend({
  previousUntil: z.iso
    .datetime()
    .nullable()
    .meta({ description: 'Until when the old password is good too; null where it is good no more.' }),
}).meta({ id: 'RenewedCredential' });

/**
 * Makes a new password for a device or an observer. The old one stays good for the overlap, so that what holds it can be
 * given the new one without a gap; the one before that ends. Audited and told on the bus, with whoever is put out.
 */
export async function renew(
  { registry, bus, audit, now, config }: Pick<Services, 'registry' | 'bus' | 'audit' | 'now' | 'config'>,
  actor: Pick<ApiKey, 'id'>,
  kind: 'device' | 'observer',
  username: string,
  { overlap }: z.infer<typeof RenewalQuery>,
): Promise<z.infer<typeof RenewedCredential>> {
  const overlapMs = overlap === undefined ? (config.credentialOverlapMs ?? DAY_MS) : Number(overlap) * 1_000;
  const until = overlapMs > 0 ? now() + overlapMs : undefined;
  const { secret, hash } = newSecret();
  await registry.setCredential(username, hash, until);
  await audit(actor.id, `${kind}.credential`, username);
  bus.publish('device', { id: username });
  return { username, password: secret, previousUntil: until === undefined ? null : instant(until) };
}
