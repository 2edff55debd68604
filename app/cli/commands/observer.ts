import type { Command } from 'commander';
import { z } from 'zod';
import { Credential } from '../../../model/device.ts';
import { table } from '../output.ts';
import type { Run } from '../run.ts';
import { credentialCommand } from './credential.ts';

const Observers = z.object({
  items: z.array(z.object({ username: z.string(), created: z.string() })),
  next: z.null(),
});
const Registered = z.object({ credential: Credential });

/** `observer create | list | delete | credential`. */
export function observerCommands(program: Command, run: Run): void {
  const observer = program.command('observer').description('who only reads the city over MQTT: make, list, delete');

  observer
    .command('create')
    .description('make an observer and show its password, this once')
    .argument('<username>', 'its MQTT user name: a-z, 0-9 and -, nobody else’s')
    .action(
      run(async (city, out, username: string) => {
        const made = await city.ask(Registered, 'POST', '/observers', { json: { username } });
        out.result(made, `registered ${username}\npassword   ${made.credential.password}`);
        out.note('The password is shown this once.');
      }),
    );

  observer
    .command('list')
    .description('list observers')
    .action(
      run(async (city, out) => {
        const observers = await city.ask(Observers, 'GET', '/observers');
        const rows = observers.items.map(({ username, created }) => [username, created]);
        out.result(observers, table(['USERNAME', 'PASSWORD SINCE'], rows));
      }),
    );

  credentialCommand(observer, run, 'observers', 'user name of the observer');

  observer
    .command('delete')
    .description('disconnect an observer and delete it')
    .argument('<username>', 'its user name')
    .action(
      run(async (city, out, username: string) => {
        await city.tell('DELETE', `/observers/${encodeURIComponent(username)}`);
        out.result({ username, deleted: true }, `${username} is deleted`);
      }),
    );
}
