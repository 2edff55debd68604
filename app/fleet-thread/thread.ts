import { setTimeout as delay } from 'node:timers/promises';
import { createBirpc } from 'birpc';
import type { Logger } from 'pino';
import { overPort, startWorker } from '../worker.ts';
import type { FleetCalls, FleetThreadOptions, MainCalls } from './protocol.ts';

/** The fleet's thread as the main thread sees it. */
export type FleetThread = FleetCalls;

/** Devices forget nearly all they make at once; more room would only be resident memory. */
const YOUNG_MB = 16;
/** The fleet says goodbye in so long, or not at all: the city has promised to stop in time. */
const PATIENCE_MS = 5_000;

/**
 * Starts the thread in which the simulated devices live: what they compute costs the broker nothing. If it ends by
 * itself, the city goes on without them and the log says so.
 */
export function startFleetThread(options: FleetThreadOptions, calls: MainCalls, log: Logger): FleetThread {
  const worker = startWorker('./worker.js', import.meta.url, {
    workerData: options,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
  });
  let stopping = false;
  worker.on('error', (error) => log.error({ err: error }, 'the simulated fleet failed'));
  worker.on('exit', (code) => {
    // Whatever it was asked it will not answer any more.
    fleet.$close(new Error('the simulated fleet has ended'));
    if (!stopping) log.error({ code }, 'the simulated fleet ended: the city goes on without it');
  });
  const fleet = createBirpc<FleetCalls, MainCalls>(calls, overPort(worker));
  return {
    launch: (devices) => fleet.launch(devices),
    history: (devices, lengthMs) => fleet.history(devices, lengthMs),
    async stop() {
      stopping = true;
      // One that has ended by itself rejects; one that is too busy to hear it is ended without goodbyes.
      const patience = delay(PATIENCE_MS, undefined, { ref: false });
      await Promise.race([fleet.stop().catch(() => undefined), patience]);
      await worker.terminate();
    },
  };
}
