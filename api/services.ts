import type { Logger } from 'pino';
import { createHistory, type History } from '../storage/archive/history.ts';
import { KeyCheck } from '../storage/registry/key-check.ts';
import { type Areas, createAreas } from './areas.ts';
import { createGuard, type Guard } from './auth.ts';
import { type Conditions, createConditions } from './condition.ts';
import type { ApiDeps } from './deps.ts';
import { createDirectory, type Directory } from './directory.ts';
import { createPresenceTable, type PresenceTable } from './presence.ts';
import { createSelector, type Selector } from './selection.ts';
import { createSessions, type Sessions } from './session.ts';

/** What the routes share: the dependencies and what is built on them once. */
export interface Services extends ApiDeps {
  readonly guard: Guard;
  readonly keys: KeyCheck;
  readonly sessions: Sessions;
  readonly directory: Directory;
  readonly presence: PresenceTable;
  readonly areas: Areas;
  readonly conditions: Conditions;
  readonly selector: Selector;
  /** Raw observations of store and archive. */
  readonly history: History;
  readonly log: Logger;
  readonly now: () => number;
  /** Writes down who did what, after it was done. */
  audit(actor: string, action: string, subject: string): Promise<void>;
  close(): void;
}

export function createServices(deps: ApiDeps): Services {
  const { registry, bus, catalogue, live } = deps;
  const now = deps.now ?? Date.now;
  const directory = createDirectory(registry, bus);
  const presence = createPresenceTable(bus);
  const areas = createAreas(registry);
  const conditions = createConditions({ catalogue, live, presence, now });
  return {
    ...deps,
    now,
    keys: new KeyCheck(registry, deps.attempts),
    guard: createGuard(deps.config.publicRead, catalogue),
    sessions: createSessions(),
    directory,
    presence,
    areas,
    conditions,
    history: createHistory(deps.telemetry, deps.archive),
    selector: createSelector({ catalogue, directory, areas, live, conditions, now }),
    audit: (actor, action, subject) => registry.audit({ at: new Date(now()).toISOString(), actor, action, subject }),
    close() {
      directory.close();
      presence.close();
    },
  };
}
