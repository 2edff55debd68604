import type { Bus, LiveObservation, LiveState } from '../storage/bus/port.ts';

/**
 * The newest observation of every series in the main thread: what was stored before the start, then what the bus says.
 * `known` comes without ids of this run.
 */
export function createLiveState(
  bus: Bus,
  known: readonly LiveObservation[],
  since: LiveState['since'],
): LiveState & { series(): number; drop(device: string): void } {
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
