import type { Command } from 'commander';
import { z } from 'zod';
import { Backup } from '../../../model/backup.ts';
import { Ledger } from '../../../model/ledger.ts';
import { table } from '../output.ts';
import type { Run } from '../run.ts';

const Purged = z.object({ devices: z.number(), observations: z.number(), quarantined: z.number() });

/** `ledger`, `simulated purge`, `backup`: the city as a whole. */
export function operationCommands(program: Command, run: Run): void {
  program
    .command('ledger')
    .description('show the books: what came in and what became of it')
    .action(
      run(async (city, out) => {
        const books = await city.ask(Ledger, 'GET', '/ledger');
        out.result(books, ledgerText(books));
      }),
    );

  program
    .command('simulated')
    .description('the simulated city')
    .command('purge')
    .description('delete every simulated device and all that it told; nothing that is real')
    .action(
      run(async (city, out) => {
        const purged = await city.ask(Purged, 'DELETE', '/simulated');
        const { devices, observations, quarantined } = purged;
        out.result(
          purged,
          `${devices} devices, ${observations} observations and ${quarantined} items of quarantine are gone`,
        );
        out.note('Start the city with SIMULATE=off from now on, or they come back. The ledger keeps what it counted.');
      }),
    );

  program
    .command('backup')
    .description('copy all data to a directory below DATA_DIR/backups, while the city works on')
    .option('--keep <n>', 'delete the oldest backups until so many are left, this one among them')
    .action(
      run(async (city, out, { keep }: { keep?: string }) => {
        out.note('copying …');
        const backup = await city.ask(Backup, 'POST', '/backups', { query: { keep } });
        const size = `${backup.files.length} files, ${(backup.bytes / 1e6).toFixed(1)} MB`;
        out.result(
          backup,
          `${backup.path}\n${size}, observations up to message ${backup.checkpoint} of ${backup.head}`,
        );
        for (const path of backup.pruned) out.note(`deleted ${path}`);
        if (backup.note !== null) out.note(backup.note);
      }),
    );
}

function ledgerText({ messages, observations, providers }: Ledger): string {
  const row = (id: string, books: Pick<Ledger, 'messages' | 'observations'>) => {
    const { accepted, processed, quarantined, pending } = books.messages;
    const { decoded, stored, duplicate, corrected } = books.observations;
    const counts = [accepted, processed, quarantined, pending, decoded, stored, duplicate, corrected];
    return [id, ...counts, books.observations.quarantined];
  };
  const head = 'PROVIDER,ACCEPTED,PROCESSED,QUARANTINED,PENDING,DECODED,STORED,DUPLICATE,CORRECTED,QUARANTINED'.split(
    ',',
  );
  return [
    table(head, [...providers.map((books) => row(books.id, books)), row('all', { messages, observations })]),
    'messages: accepted = processed + quarantined + pending',
    'observations: decoded = stored + duplicate + corrected + quarantined',
  ].join('\n');
}
