import { rm } from 'node:fs/promises';
import type { Purged } from '../api/deps.ts';
import type { Archive } from '../storage/archive/port.ts';
import type { Bus } from '../storage/bus/port.ts';
import type { QuarantineStore } from '../storage/quarantine/port.ts';
import type { Registry } from '../storage/registry/port.ts';
import type { TelemetryReader } from '../storage/telemetry/port.ts';

export interface PurgeDeps {
  readonly registry: Registry;
  readonly telemetry: Pick<TelemetryReader, 'erase'>;
  readonly archive: Pick<Archive, 'erase'>;
  readonly quarantine: Pick<QuarantineStore, 'erase'>;
  readonly bus: Pick<Bus, 'publish'>;
  /** Files of the fleet: its passwords and what it has still to send. */
  readonly files: readonly string[];
  /** Ends the simulated fleet where it runs. */
  readonly stopFleet: () => Promise<void>;
  /** Resolves when all that the journal holds by now is stored. Rejects with CodedError `not-now` where it is not going to be. */
  readonly drained: () => Promise<void>;
  /** Forgets the newest observations of a device. */
  readonly drop: (device: string) => void;
}

/**
 * Removes the simulated city: what is marked as simulated, and nothing else. First nobody sends any more, then what was
 * sent is stored, then it is erased: nothing comes behind. Interrupted it may be called again. Who calls while it goes on
 * gets its answer: two at once would count each other's.
 */
export function createPurge(deps: PurgeDeps): () => Promise<Purged> {
  const { registry, telemetry, archive, quarantine, bus, files, stopFleet, drained, drop } = deps;
  let running: Promise<Purged> | undefined;

  async function purge(): Promise<Purged> {
    await stopFleet();
    // What was sent is stored while the devices are known, so that it does not end as unknown in the quarantine.
    await drained();
    const ids = (await registry.devices({ simulated: true })).map(({ id }) => id);
    const erase = async () => ({
      // The store first: a day that is being archived meanwhile is in the archive before its turn there.
      observations: (await telemetry.erase(ids)).observations + (await archive.erase(ids)),
      quarantined: await quarantine.erase(ids),
    });
    // What they told goes before they do: a purge cut short finds them again.
    const before = await erase();
    await registry.deleteDevices(ids);
    for (const id of ids) bus.publish('device', { id });
    // A simulated device that is not the fleet's may have sent until its end.
    await drained();
    const after = await erase();
    for (const id of ids) drop(id);
    await forgetProviders(registry);
    for (const file of files) await rm(file, { force: true });
    return {
      devices: ids.length,
      observations: before.observations + after.observations,
      quarantined: before.quarantined + after.quarantined,
    };
  }

  return () => {
    running ??= purge().finally(() => {
      running = undefined;
    });
    return running;
  };
}

/** Deletes the simulated providers; one that somebody gave real devices stays. */
async function forgetProviders(registry: Registry): Promise<void> {
  for (const { id, simulated } of await registry.providers()) {
    if (!simulated) continue;
    const left = await registry.devices({ provider: id, limit: 1 });
    if (left.length === 0) await registry.deleteProvider(id);
  }
}
