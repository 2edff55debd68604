import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { createBirpc } from 'birpc';
import { createFleet, type Launch, planFleet } from '../../simulators/fleet.ts';
import { createLog } from '../log.ts';
import { overPort } from '../worker.ts';
import type { Enlisted, FleetCalls, FleetThreadOptions, MainCalls } from './protocol.ts';

/** The fleet's thread: scripts, connections and history of the simulated devices, beside the broker's thread. */
function serve(port: MessagePort, { count, seed, mqtt, http, logLevel }: FleetThreadOptions): void {
  const plan = new Map(planFleet(count, seed).map((simulated) => [simulated.device.id, simulated]));
  const fleet = createFleet({ mqtt, http, log: createLog(logLevel) });
  let stopping = false;

  /** Those of the plan: another may have been registered by an earlier version, or for a larger fleet. */
  function* planned(devices: readonly Enlisted[]): Generator<Launch> {
    for (const { id, password, carriage } of devices) {
      const simulated = plan.get(id);
      if (simulated) yield { simulated, password, carriage };
    }
  }

  const calls: FleetCalls = {
    launch: (devices) => fleet.launch([...planned(devices)]),
    async history(devices, lengthMs) {
      try {
        return await fleet.history([...planned(devices)], lengthMs, {
          pending: () => main.pending(),
          sent: (share, device) => void main.historySent.asEvent(share, device),
        });
      } catch (error) {
        if (stopping) return undefined;
        throw error;
      }
    },
    stop() {
      stopping = true;
      return fleet.stop();
    },
  };
  const main = createBirpc<MainCalls, FleetCalls>(calls, overPort(port));
}

if (!parentPort) throw new Error('this file is the entry of a worker thread');
serve(parentPort, workerData);
