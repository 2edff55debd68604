import type { Logger } from 'pino';
import { instant } from '../model/observation.ts';
import { loadCredentials, saveCredentials } from '../simulators/credentials.ts';
import { planFleet, SIMULATED_PROVIDER, startFleet } from '../simulators/fleet.ts';
import type { Bus } from '../storage/bus/port.ts';
import type { Registry } from '../storage/registry/port.ts';
import { hashSecret, newSecret } from '../storage/secret.ts';

/** The same city every time: a demonstration that can be repeated. */
export const SEED = 20_250_701;

export interface SimulatedCityDeps {
  readonly registry: Registry;
  readonly bus: Bus;
  /** File of the fleet's own credentials, kept between starts. */
  readonly credentials: string;
  readonly host: string;
  readonly port: number;
  readonly log: Logger;
}

/** Registers `count` simulated devices that are not there yet, and starts them as real MQTT clients. */
export async function startSimulatedCity(count: number, deps: SimulatedCityDeps): Promise<{ stop(): Promise<void> }> {
  const { registry, log } = deps;
  await registry.putProvider(SIMULATED_PROVIDER);
  const plan = planFleet(count, SEED);
  const credentials = await loadCredentials(deps.credentials);
  const registered = new Set((await registry.devices({ simulated: true })).map((device) => device.id));
  const missing = plan.filter(({ device }) => !registered.has(device.id));
  const strangers = plan.filter(({ device }) => registered.has(device.id) && !credentials.has(device.id));

  const now = instant(Date.now());
  const additions = missing.map(({ device }) => {
    const { secret, hash } = newSecret();
    credentials.set(device.id, secret);
    return {
      device: {
        id: device.id,
        domain: device.domain,
        kind: device.kind,
        name: device.name,
        geometry:
          device.geometry ?? (device.position ? ({ type: 'Point', coordinates: device.position } as const) : null),
        provider: SIMULATED_PROVIDER.id,
        tags: device.tags ?? {},
        simulated: true,
        state: 'active' as const,
        created: now,
        updated: now,
      },
      hash,
    };
  });
  // The passwords are on disk before the registry knows their hashes: a crash between leaves a password too many, not one too few.
  for (const { device } of strangers) credentials.set(device.id, newSecret().secret);
  if (additions.length + strangers.length > 0) await saveCredentials(deps.credentials, credentials);
  if (additions.length > 0) await registry.addDevices(additions);
  for (const { device } of strangers)
    await registry.setCredential(device.id, hashSecret(credentials.get(device.id) ?? ''));
  for (const { device } of additions) deps.bus.publish('device', { id: device.id });

  // Not awaited: the city is ready before the last of its devices has connected.
  const fleet = startFleet({ plan, credentials, connect: { host: deps.host, port: deps.port }, log });
  fleet.catch((error: unknown) => log.error({ err: error }, 'the simulated city could not start'));
  return { stop: async () => (await fleet).stop() };
}
