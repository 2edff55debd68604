import type { Command } from 'commander';
import { z } from 'zod';
import { table } from '../output.ts';
import type { Run } from '../run.ts';

const Day = z.object({
  day: z.string(),
  observations: z.number(),
  bytes: z.number(),
  oldest: z.string(),
  newest: z.string(),
});

/** `archive list`: what was set aside before it was deleted. */
export function archiveCommands(program: Command, run: Run): void {
  program
    .command('archive')
    .description('raw observations that were archived before they were deleted')
    .command('list')
    .description('list the archived days')
    .action(
      run(async (city, out) => {
        const days = await city.ask(z.object({ items: z.array(Day) }), 'GET', '/archives');
        const rows = days.items.map(({ day, observations, bytes }) => [day, observations, bytes]);
        out.result(
          days.items,
          rows.length === 0 ? 'no day is archived' : table(['DAY', 'OBSERVATIONS', 'BYTES'], rows),
        );
      }),
    );
}
