import type { BackupOptions, Purged } from '../api/deps.ts';
import type { Backup } from '../model/backup.ts';
import { CodedError } from '../model/problem.ts';

interface Works {
  readonly purge: () => Promise<Purged>;
  readonly backup: (options?: BackupOptions) => Promise<Backup>;
}

/**
 * Keeps purge and backup apart: a backup in which a purge took a part would bring back devices without their observations,
 * or the other way round. Whoever comes second is refused with CodedError `not-now`.
 */
export function keptApart({ purge, backup }: Works): Works {
  const running = { purge: 0, backup: 0 };
  const guarded =
    <A extends readonly unknown[], T>(
      own: keyof typeof running,
      other: keyof typeof running,
      detail: string,
      work: (...given: A) => Promise<T>,
    ) =>
    async (...given: A): Promise<T> => {
      if (running[other] > 0) throw new CodedError('not-now', detail);
      running[own] += 1;
      try {
        return await work(...given);
      } finally {
        running[own] -= 1;
      }
    };
  return {
    purge: guarded('purge', 'backup', 'a backup is being made: purge when it is done', purge),
    backup: guarded('backup', 'purge', 'the simulated city is being purged: back up when it is gone', backup),
  };
}
