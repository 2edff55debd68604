import type { Command } from 'commander';
import { RenewedCredential } from '../../../api/credential.ts';
import type { Run } from '../run.ts';

/** `credential <id> [--now]` of devices and observers. */
export function credentialCommand(parent: Command, run: Run, resource: 'devices' | 'observers', whose: string): void {
  parent
    .command('credential')
    .description('make a new password and show it, this once; the old one stays good for a while beside it')
    .argument('<id>', whose)
    .option('--now', 'end the old password at once and disconnect who came in with it')
    .action(
      run(async (city, out, id: string, { now }: { readonly now?: true }) => {
        const query = now ? { overlap: '0' } : {};
        const path = `/${resource}/${encodeURIComponent(id)}/credential`;
        const made = await city.ask(RenewedCredential, 'POST', path, { query });
        const { previousUntil } = made;
        const old =
          previousUntil === null ? 'the old one is good no more' : `the old one is good until ${previousUntil}`;
        out.result(made, `${made.username}: ${old}\npassword   ${made.password}`);
        out.note('The password is shown this once.');
      }),
    );
}
