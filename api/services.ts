import { createHistory, type History } from '../storage/archive/history.ts';
import type { Archive } from '../storage/archive/port.ts';
import type { QuarantineStore } from '../storage/quarantine/port.ts';
import { KeyCheck } from '../storage/registry/key-check.ts';
import { type Areas, createAreas } from './areas.ts';
import { createGuard, type Guard } from './auth.ts';
import { type Conditions, createConditions } from './condition.ts';
import type { ApiConfig, ApiDeps, ReadDeps } from './deps.ts';
import { createDirectory, type Directory } from './directory.ts';
import { createWaiting, type Waiting } from './map/waiting.ts';
import { createPresenceTable, type PresenceTable } from './presence.ts';
import { createSelector, type Selector } from './selection.ts';
import { createSessions, type Sessions } from './session.ts';

/** What routes share that only read the city: the dependencies and what is built on them once. */
export interface ReadServices extends ReadDeps {
  readonly guard: Guard;
  readonly directory: Directory;
  readonly presence: PresenceTable;
  readonly areas: Areas;
  readonly conditions: Conditions;
  readonly selector: Selector;
  /** Of whose messages some wait in the quarantine. */
  readonly waiting: Waiting;
  /** Raw observations of store and archive. */
  readonly history: History;
  readonly now: () => number;
  close(): void;
}

/** What all routes share. */
export interface Services extends ReadServices, ApiDeps {
  readonly archive?: Archive | undefined;
  readonly quarantine: QuarantineStore;
  readonly config: ApiConfig;
  readonly now: () => number;
  readonly keys: KeyCheck;
  readonly sessions: Sessions;
  /** Writes down who did what, after it was done. */
  audit(actor: string, action: string, subject: string): Promise<void>;
}

export function createReadServices(deps: ReadDeps): ReadServices {
  const { registry, bus, catalogue, live } = deps;
  const now = deps.now ?? Date.now;
  const directory = createDirectory(registry, bus);
  const presence = createPresenceTable(bus);
  const areas = createAreas(registry, bus);
  const conditions = createConditions({ catalogue, live, presence, now });
  return {
    ...deps,
    ...{ now, directory, presence, areas, conditions },
    waiting: createWaiting(deps.quarantine, now),
    guard: createGuard(deps.config.publicRead, catalogue),
    history: createHistory(deps.telemetry, deps.archive),
    selector: createSelector({ catalogue, directory, areas, live, conditions, now }),
    close() {
      directory.close();
      presence.close();
      areas.close();
    },
  };
}

export function createServices(deps: ApiDeps): Services {
  const { registry } = deps;
  const reading = createReadServices(deps);
  return {
    ...deps,
    ...reading,
    archive: deps.archive,
    quarantine: deps.quarantine,
    config: deps.config,
    keys: new KeyCheck(registry, deps.attempts),
    sessions: createSessions(),
    audit: (actor, action, subject) =>
      registry.audit({ at: new Date(reading.now()).toISOString(), actor, action, subject }),
  };
}
