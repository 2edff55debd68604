import type { NewDevice } from '../model/device.ts';
import { instant } from '../model/observation.ts';
import { loadCredentials, saveCredentials } from '../simulators/credentials.ts';
import { SIMULATED_PROVIDER, type SimulatedDevice } from '../simulators/fleet.ts';
import { batches } from '../storage/batches.ts';
import type { Bus } from '../storage/bus/port.ts';
import type { Registry } from '../storage/registry/port.ts';
import { hashSecret, newSecret } from '../storage/secret.ts';

export interface EnrolmentDeps {
  readonly registry: Registry;
  readonly bus: Bus;
  /** File of the fleet's own credentials, kept between starts. */
  readonly credentials: string;
}

/** A fleet whose devices have passwords, on their way into the registry. */
export interface Enrolment {
  readonly passwordOf: (id: string) => string;
  /** The ids that the registry does not know yet. */
  readonly missing: ReadonlySet<string>;
  /** Registers those of these devices that are missing. */
  register(devices: readonly SimulatedDevice[]): Promise<void>;
}

/** Devices registered in one transaction. */
const AT_ONCE = 1_000;

/**
 * Gives every planned device a password. Those on disk before the registry knows their hashes: a crash between leaves a
 * password too many, not one too few.
 */
export async function openEnrolment(plan: readonly SimulatedDevice[], deps: EnrolmentDeps): Promise<Enrolment> {
  const { registry, bus } = deps;
  await registry.putProvider(SIMULATED_PROVIDER);
  const credentials = await loadCredentials(deps.credentials);
  const registered = new Set((await registry.devices({ simulated: true })).map((device) => device.id));
  const ids = plan.map(({ device }) => device.id);
  const missing = new Set(ids.filter((id) => !registered.has(id)));
  /** Registered, but their password is lost. */
  const strangers = ids.filter((id) => registered.has(id) && !credentials.has(id));

  const fresh = [...missing, ...strangers];
  for (const id of fresh) credentials.set(id, newSecret().secret);
  if (fresh.length > 0) await saveCredentials(deps.credentials, credentials);
  const passwordOf = (id: string) => credentials.get(id) ?? '';
  for (const id of strangers) await registry.setCredential(id, hashSecret(passwordOf(id)));

  return {
    passwordOf,
    missing,
    async register(devices) {
      const additions = devices
        .filter(({ device }) => missing.has(device.id))
        .map(({ device }) => ({ device: recordOf(device), hash: hashSecret(passwordOf(device.id)) }));
      for (const batch of batches(additions, AT_ONCE)) {
        await registry.addDevices([...batch]);
        for (const { device } of batch) bus.publish('device', { id: device.id });
      }
    },
  };
}

/** The device as the registry keeps it. */
function recordOf({ id, domain, kind, name, geometry, position, tags }: NewDevice) {
  const now = instant(Date.now());
  return {
    id,
    domain,
    kind,
    name,
    geometry: geometry ?? (position ? ({ type: 'Point', coordinates: position } as const) : null),
    provider: SIMULATED_PROVIDER.id,
    tags: tags ?? {},
    simulated: true,
    state: 'active' as const,
    created: now,
    updated: now,
  };
}
