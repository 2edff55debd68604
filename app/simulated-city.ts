import type { Logger } from 'pino';
import { planFleet, type SimulatedDevice } from '../simulators/fleet.ts';
import { openFilesLimit } from '../simulators/open-files.ts';
import { batches } from '../storage/batches.ts';
import { type EnrolmentDeps, openEnrolment } from './enrolment.ts';
import { createFleetHistory } from './fleet-history.ts';
import type { Enlisted } from './fleet-thread/protocol.ts';
import { startFleetThread } from './fleet-thread/thread.ts';

/** The same city every time: a demonstration that can be repeated. */
export const SEED = 20_250_701;

export interface SimulatedCityDeps extends EnrolmentDeps {
  /** Where the city takes MQTT, and where it serves HTTP. */
  readonly mqtt: { readonly host: string; readonly port: number };
  readonly http: string;
  /** File of the devices whose history is still to be sent. */
  readonly unsent: string;
  /** How far back the history of the first start goes, ms; 0 for none. */
  readonly historyMs: number;
  /** How long raw data are kept, ms: a history that goes further back would only fill the quarantine. */
  readonly rawMs: number;
  /** Messages that the city has not stored yet. */
  readonly pending: () => number;
  /** Lines for the person who started the city. */
  readonly progress: (line: string) => void;
  readonly log: Logger;
  readonly logLevel: string;
}

/** Devices with an MQTT connection of their own at most; each takes some 60 kB. */
const OWN_CONNECTIONS = 1_000;
/** Open files that are not for connections of simulated devices, which have both their ends in this process. */
const OTHER_FILES = 512;
/** Devices with a history at most: a day of so many is sent in half a minute. */
const WITH_HISTORY = 600;
/** Longer than a history is on its way, ms. */
const SENDING_MS = 10 * 60_000;
/** Devices registered before the city says that it is ready, and at a time afterwards. */
const AT_ONCE = 1_000;

/**
 * Registers `count` simulated devices that are not there yet, and lets them report as real clients. Answers when the
 * first of them are registered: the others follow while the city runs.
 */
export async function startSimulatedCity(count: number, deps: SimulatedCityDeps): Promise<{ stop(): Promise<void> }> {
  const { log } = deps;
  const plan = planFleet(count, SEED);
  const enrolment = await openEnrolment(plan, deps);
  const own = new Set(firstIds(await ownConnections(count, log)));
  const enlisted = ({ device: { id } }: SimulatedDevice): Enlisted => ({
    id,
    password: enrolment.passwordOf(id),
    carriage: own.has(id) ? 'own' : 'shared',
  });
  const fresh = firstIds(Math.min(count, WITH_HISTORY)).filter((id) => enrolment.missing.has(id));
  const historyMs = Math.max(0, Math.min(deps.historyMs, deps.rawMs - SENDING_MS));
  const history = await createFleetHistory(fresh, { ...deps, historyMs });
  const ordered = [...plan].sort((a, b) => Number(own.has(b.device.id)) - Number(own.has(a.device.id)));
  const [first = [], ...others] = [...batches(ordered, AT_ONCE)];
  await enrolment.register(first);

  const { mqtt, http, logLevel } = deps;
  const fleet = startFleetThread(
    { count, seed: SEED, mqtt, http, logLevel },
    { pending: deps.pending, historySent: history.sent },
    log,
  );
  let stopping = false;
  const settled = async () => {
    const launched = [fleet.launch(first.map(enlisted))];
    for (const batch of others) {
      if (stopping) return;
      await enrolment.register(batch);
      launched.push(fleet.launch(batch.map(enlisted)));
    }
    await Promise.all(launched);
    log.info({ devices: count }, 'the simulated city is under way');
    if (!stopping) await history.send(fleet, plan.map(enlisted));
  };
  const underway = settled().catch((error: unknown) => {
    if (!stopping) log.error({ err: error }, 'the simulated city did not start completely');
  });
  return {
    async stop() {
      stopping = true;
      await fleet.stop();
      await underway;
      await history.close();
    },
  };
}

/** The devices of a smaller fleet of the same city. */
const firstIds = (count: number) => planFleet(count, SEED).map(({ device }) => device.id);

/** How many of `count` devices get a connection of their own. */
async function ownConnections(count: number, log: Logger): Promise<number> {
  const { limit, known } = await openFilesLimit();
  const fitting = Math.max(0, Math.floor((limit - OTHER_FILES) / 2));
  const own = Math.min(count, OWN_CONNECTIONS, fitting);
  if (own < count)
    log.info(
      { own, shared: count - own, openFiles: known ? limit : `unknown, taken as ${limit}` },
      'some simulated devices share HTTP connections instead of having an MQTT connection of their own',
    );
  return own;
}
