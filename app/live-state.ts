import type { Logger } from 'pino';
import type { Bus, LiveObservation, LiveState } from '../storage/bus/port.ts';
import type { Registry } from '../storage/registry/port.ts';
import type { TelemetryReader } from '../storage/telemetry/port.ts';

/** The live state, and what only the city itself does with it. */
export interface OwnLiveState extends LiveState {
  series(): number;
  drop(device: string): void;
}

/** The live state from what the store knows on; to be opened before ingest begins. What is unregistered leaves it. */
export async function openLiveState(deps: {
  readonly bus: Bus;
  readonly registry: Pick<Registry, 'device' | 'devices'>;
  readonly store: Pick<TelemetryReader, 'latest'>;
  readonly since: LiveState['since'];
  readonly log: Logger;
}): Promise<OwnLiveState> {
  const { bus, registry, store, since, log } = deps;
  const domains = new Map((await registry.devices({})).map((device) => [device.id, device.domain]));
  const known = (await store.latest()).map((observation) => ({
    ...observation,
    id: '0.0',
    domain: domains.get(observation.device) ?? '',
  }));
  const live = createLiveState(bus, known, since);
  bus.subscribe('device', ({ id }) => {
    if (live.latest(id).length === 0) return;
    registry.device(id).then(
      (device) => (device ? undefined : live.drop(id)),
      (error: unknown) => log.error({ err: error, id }, 'a change of a device could not be followed'),
    );
  });
  return live;
}

/**
 * The newest observation of every series: what was stored before the start, then what the bus says.
 * `known` comes without ids of this run.
 */
export function createLiveState(bus: Bus, known: readonly LiveObservation[], since: LiveState['since']): OwnLiveState {
  const devices = new Map<string, Map<string, LiveObservation>>();
  let series = 0;

  function take(observation: LiveObservation): void {
    let metrics = devices.get(observation.device);
    if (!metrics) {
      metrics = new Map();
      devices.set(observation.device, metrics);
    }
    const before = metrics.get(observation.metric);
    if (before && before.time > observation.time) return;
    if (!before) series += 1;
    metrics.set(observation.metric, observation);
  }
  for (const observation of known) take(observation);
  bus.subscribe('latest', (observations) => {
    for (const observation of observations) take(observation);
  });

  return {
    latest(device) {
      if (device !== undefined) return [...(devices.get(device)?.values() ?? [])];
      return [...devices.values()].flatMap((metrics) => [...metrics.values()]);
    },
    since,
    series: () => series,
    drop(device) {
      series -= devices.get(device)?.size ?? 0;
      devices.delete(device);
    },
  };
}
