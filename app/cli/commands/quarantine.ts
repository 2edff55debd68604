import type { Command } from 'commander';
import { z } from 'zod';
import { QuarantineItem } from '../../../model/quarantine.ts';
import { natural } from '../arguments.ts';
import { wrongUsage } from '../failure.ts';
import { table } from '../output.ts';
import { itemsOf } from '../pages.ts';
import type { Run } from '../run.ts';

const Replayed = z.object({
  replayed: z.number(),
  messages: z.number(),
  refused: z.number(),
  refusals: z.array(z.object({ id: z.string(), detail: z.string() })),
});
type Replayed = z.infer<typeof Replayed>;

interface Filters {
  readonly device?: string;
  readonly provider?: string;
  readonly reason?: string;
  readonly from?: string;
  readonly to?: string;
}

const filtered = (command: Command) =>
  command
    .option('--device <id>', 'only of this device')
    .option('--provider <id>', 'only of this provider')
    .option('--reason <code>', 'only with this reason, such as unknown-device')
    .option('--from <time>', 'only received then or later (RFC 3339)')
    .option('--to <time>', 'only received before then (RFC 3339)');

/** `quarantine list | show | replay`. */
export function quarantineCommands(program: Command, run: Run): void {
  const quarantine = program
    .command('quarantine')
    .description('what was accepted and could not be stored: look at it, try it again');

  filtered(quarantine.command('list').description('list items, the newest first'))
    .option('--limit <n>', 'at most so many', natural, 100)
    .action(
      run(async (city, out, { limit, ...filters }: Filters & { limit: number }) => {
        const items = await itemsOf(city, QuarantineItem, '/quarantine', { ...filters }, limit);
        const rows = items.map((item) => [
          item.id,
          item.received,
          item.device,
          item.reason,
          item.replayed === null ? '' : 'replayed',
          item.detail,
        ]);
        out.result({ items, next: null }, table(['ID', 'RECEIVED', 'DEVICE', 'REASON', '', 'DETAIL'], rows));
      }),
    );

  quarantine
    .command('show')
    .description('show one item with the message it was in')
    .argument('<id>', 'id of the item')
    .action(
      run(async (city, out, id: string) => {
        const item = await city.ask(QuarantineItem, 'GET', `/quarantine/${encodeURIComponent(id)}`);
        const { payload, ...rest } = item;
        const lines = Object.entries(rest).map(([name, value]) => [name, String(value ?? '')]);
        out.result(item, `${table([], lines)}\n\n${payload}`);
      }),
    );

  filtered(
    quarantine
      .command('replay')
      .description('send messages through the city again after their cause was mended, each at most once')
      .argument('[id...]', 'ids of items; or choose by options'),
  )
    .option('--all', 'everything that was not replayed yet')
    .addHelpText(
      'after',
      '\nThe whole message goes again, with the time it was first received: what was stored of it counts as duplicate.',
    )
    .action(
      run(async (city, out, ids: readonly string[], { all, ...filters }: Filters & { all?: true }) => {
        const chosen = Object.keys(filters).length > 0;
        if ([ids.length > 0, chosen, all === true].filter(Boolean).length !== 1)
          throw wrongUsage('give ids, or options that choose, or --all');
        if (ids.length === 0) {
          report(out, await city.ask(Replayed, 'POST', '/quarantine/replay', { json: all ? { all } : filters }));
          return;
        }
        const total: Replayed = { replayed: 0, messages: 0, refused: 0, refusals: [] };
        // The number before the dash is the message's: it goes once, with all its items.
        for (const id of new Map(ids.map((each) => [each.split('-')[0], each])).values()) {
          const one = await city.ask(Replayed, 'POST', `/quarantine/${encodeURIComponent(id)}/replay`);
          total.replayed += one.replayed;
          total.messages += one.messages;
        }
        report(out, total);
      }),
    );
}

function report(out: { result(json: unknown, text: string): void; note(line: string): void }, done: Replayed): void {
  out.result(done, `${done.replayed} items replayed, in ${done.messages} messages`);
  if (done.refused === 0) return;
  out.note(`${done.refused} cannot be replayed:`);
  for (const { id, detail } of done.refusals) out.note(`  ${id}: ${detail}`);
}
