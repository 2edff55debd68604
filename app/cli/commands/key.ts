import type { Command } from 'commander';
import { z } from 'zod';
import { several } from '../arguments.ts';
import { table } from '../output.ts';
import type { Run } from '../run.ts';

const Key = z.object({
  id: z.string(),
  name: z.string(),
  scopes: z.array(z.string()),
  provider: z.string().nullable(),
  created: z.string(),
});
const Keys = z.object({ items: z.array(Key), next: z.null() });
const MadeKey = Key.extend({ key: z.string() });

/** `key create | list | revoke`. */
export function keyCommands(program: Command, run: Run): void {
  const key = program.command('key').description('API keys of partners: make, list, revoke');

  key
    .command('create')
    .description('make a key and show it, this once')
    .argument('<name>', 'whose key it is, for people')
    .requiredOption(
      '--scope <scope>',
      'read, restricted (also restricted metrics), uplinks, quarantine or admin; repeat as needed',
      several,
    )
    .option('--provider <id>', 'whose devices uplinks and quarantine are for (default: all)')
    .option('--id <id>', 'its public id (default: a random one)')
    .action(
      run(
        async (
          city,
          out,
          name: string,
          { scope, id, provider }: { scope: readonly string[]; id?: string; provider?: string },
        ) => {
          const made = await city.ask(MadeKey, 'POST', '/keys', { json: { name, scopes: scope, id, provider } });
          out.result(made, made.key);
          out.note(`Key ${made.id} of ${made.name}, ${made.scopes.join(' and ')}. It is shown this once.`);
        },
      ),
    );

  key
    .command('list')
    .description('list keys, without their secrets')
    .action(
      run(async (city, out) => {
        const keys = await city.ask(Keys, 'GET', '/keys');
        const rows = keys.items.map(({ id, scopes, provider, created, name }) => [
          id,
          scopes.join(','),
          provider ?? 'all',
          created,
          name,
        ]);
        out.result(keys, table(['ID', 'SCOPES', 'PROVIDER', 'CREATED', 'NAME'], rows));
      }),
    );

  key
    .command('revoke')
    .description('refuse a key from now on')
    .argument('<id>', 'id of the key')
    .action(
      run(async (city, out, id: string) => {
        await city.tell('DELETE', `/keys/${encodeURIComponent(id)}`);
        out.result({ id, revoked: true }, `${id} is revoked`);
      }),
    );
}
