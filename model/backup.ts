import { z } from 'zod';

/** A file of a backup: its path within the directory, by which it is found and checked. */
export const BackupFile = z
  .object({
    path: z.string().regex(/^(?!\/)(?!.*\.\.)[\w./-]+$/, 'a path below the backup'),
    bytes: z.number().int().nonnegative(),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
  })
  .meta({ id: 'BackupFile' });
export type BackupFile = z.infer<typeof BackupFile>;

/** The form of backups that this program writes and reads. */
export const BACKUP_FORMAT = 1;

/** The file of a backup that says what is in it. */
export const MANIFEST_FILE = 'manifest.json';

/** What it says. The copies were taken in the order store, quarantine, journal, registry. */
export const BackupManifest = z
  .object({
    format: z.literal(BACKUP_FORMAT),
    created: z.iso.datetime(),
    store: z.enum(['duckdb', 'influxdb']),
    checkpoint: z.number().int().nonnegative().meta({
      description:
        'Journal record up to which the city had stored when the copying began; the copy of the store has at least that.',
    }),
    head: z.number().int().nonnegative().meta({
      description: 'Journal record up to which the journal reached when its copying began; its copy has at least that.',
    }),
    files: z.array(BackupFile),
  })
  .meta({ id: 'BackupManifest' });
export type BackupManifest = z.infer<typeof BackupManifest>;

/** A backup that was made: where it is on the city’s own machine and what is in it. */
export const Backup = BackupManifest.extend({
  path: z.string(),
  bytes: z.number().int().nonnegative(),
  pruned: z.array(z.string()).meta({ description: 'Older backups that were deleted.' }),
  note: z.string().nullable().meta({ description: 'What the backup does not hold; null where it holds all.' }),
}).meta({ id: 'Backup' });
export type Backup = z.infer<typeof Backup>;
