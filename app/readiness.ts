import type { Readiness } from '../api/deps.ts';
import type { Backlog } from '../storage/journal/backlog.ts';
import type { JournalWriter } from '../storage/journal/port.ts';
import type { Archiving } from './archiving.ts';

interface ReadinessDeps {
  readonly storeAvailable: () => boolean;
  readonly storeAnswers: () => boolean;
  readonly journal: Pick<JournalWriter, 'healthy'>;
  readonly backlog: Pick<Backlog, 'alarm' | 'full'>;
  readonly archiving: Pick<Archiving, 'ok'>;
}

/** Whether the city can serve: its store answers, its journal takes what comes, and there is room for what waits. */
export function createReadiness({ storeAvailable, storeAnswers, journal, backlog, archiving }: ReadinessDeps) {
  return async (): Promise<Readiness> => {
    const checks = {
      store: storeAvailable() && storeAnswers(),
      journal: journal.healthy(),
      backlog: !backlog.full(),
    };
    const ready = checks.store && checks.journal && checks.backlog;
    const warnings = [
      ...(backlog.alarm() ? ['journal-backlog'] : []),
      // Devices and readers miss nothing: what is not archived is only kept for longer.
      ...(archiving.ok() ? [] : ['archive']),
    ];
    return { ready, checks, ...(warnings.length > 0 ? { warnings } : {}) };
  };
}
