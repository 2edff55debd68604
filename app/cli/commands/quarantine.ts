import type { Command } from 'commander';
import { z } from 'zod';
import { QuarantineItem, QuarantineSummary } from '../../../model/quarantine.ts';
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
  next: z.string().nullable(),
});
type Replayed = z.infer<typeof Replayed>;

interface Filters {
  readonly device?: string;
  readonly provider?: string;
  readonly reason?: string;
  readonly from?: string;
  readonly domain?: string;
  readonly format?: string;
  readonly to?: string;
}

const Overview = QuarantineSummary.extend({
  kept: z.object({ items: z.number(), bytes: z.number(), dropped: z.number() }).nullable(),
});

/** What one request replays at most: progress is told after each. */
const STEP = 10_000;
/** Refusals that are told. */
const NAMED = 100;

const filtered = (command: Command) =>
  command
    .option('--device <id>', 'only of this device')
    .option('--provider <id>', 'only of this provider')
    .option('--reason <code>', 'only with this reason, such as unknown-device')
    .option('--domain <id>', 'only of this domain')
    .option('--format <name>', 'only of this format, such as json or senml')
    .option('--from <time>', 'only received then or later (RFC 3339)')
    .option('--to <time>', 'only received before then (RFC 3339)');

/** `quarantine list | show | summary | replay | dismiss`. */
export function quarantineCommands(program: Command, run: Run): void {
  const quarantine = program
    .command('quarantine')
    .description('what was accepted and could not be stored: look at it, try it again');

  filtered(quarantine.command('list').description('list items, the newest first'))
    .option('--state <state>', 'only waiting, replayed or dismissed ones')
    .option('--limit <n>', 'at most so many', natural, 100)
    .action(
      run(async (city, out, { limit, ...filters }: Filters & { limit: number; state?: string }) => {
        const items = await itemsOf(city, QuarantineItem, '/quarantine', { ...filters }, limit);
        const rows = items.map((item) => [
          item.id,
          item.received,
          item.device,
          item.reason,
          item.replayed === null ? (item.dismissed === null ? '' : 'dismissed') : 'replayed',
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

  filtered(quarantine.command('summary').description('count by reason, provider and device'))
    .option('--top <n>', 'name so many devices', natural, 10)
    .action(
      run(async (city, out, filters: Filters & { top: number }) => {
        const found = await city.ask(Overview, 'GET', '/quarantine/summary', { query: { ...filters } });
        const rows = [
          ['all', '', found] as const,
          ...found.reasons.map((each) => ['reason', each.reason, each] as const),
          ...found.providers.map((each) => ['provider', each.provider, each] as const),
          ...found.devices.map((each) => ['device', each.device, each] as const),
        ].map(([by, name, counts]) => [by, name, counts.items, counts.waiting, counts.replayed, counts.dismissed]);
        out.result(found, table(['BY', '', 'ITEMS', 'WAITING', 'REPLAYED', 'DISMISSED'], rows));
        if (found.kept && found.kept.dropped > 0)
          out.note(`${found.kept.dropped} items went before their time, for the quarantine was full`);
      }),
    );

  quarantine
    .command('dismiss')
    .description('mark items as hopeless: they wait no more, and are seen until their time is over')
    .argument('<id...>', 'ids of items')
    .action(
      run(async (city, out, ids: readonly string[]) => {
        for (const id of ids) await city.tell('DELETE', `/quarantine/${encodeURIComponent(id)}`);
        out.result({ dismissed: ids }, `${ids.length} dismissed`);
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
        const total: Replayed = { replayed: 0, messages: 0, refused: 0, refusals: [], next: null };
        if (ids.length === 0) {
          const chosen = { ...(all ? { all } : filters), limit: STEP };
          do {
            const json = total.next === null ? chosen : { ...chosen, after: total.next };
            add(total, await city.ask(Replayed, 'POST', '/quarantine/replay', { json }));
            if (total.next !== null) out.note(`${total.replayed} items replayed, going on`);
          } while (total.next !== null);
          report(out, total);
          return;
        }
        // The number before the dash is the message's: it goes once, with all its items.
        for (const id of new Map(ids.map((each) => [each.split('-')[0], each])).values()) {
          add(total, await city.ask(Replayed, 'POST', `/quarantine/${encodeURIComponent(id)}/replay`));
        }
        report(out, total);
      }),
    );
}

function add(total: Replayed, more: Replayed): void {
  total.replayed += more.replayed;
  total.messages += more.messages;
  total.refused += more.refused;
  total.refusals = [...total.refusals, ...more.refusals].slice(0, NAMED);
  total.next = more.next;
}

function report(out: { result(json: unknown, text: string): void; note(line: string): void }, done: Replayed): void {
  const { next: _, ...result } = done;
  out.result(result, `${done.replayed} items replayed, in ${done.messages} messages`);
  if (done.refused === 0) return;
  out.note(`${done.refused} cannot be replayed:`);
  for (const { id, detail } of done.refusals) out.note(`  ${id}: ${detail}`);
}
