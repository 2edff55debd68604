import type { Command } from 'commander';
import { z } from 'zod';
import { readInput } from '../input.ts';
import type { Run } from '../run.ts';

const Replaced = z.object({ level: z.string(), areas: z.number() });

/** `areas import | reset`. */
export function areaCommands(program: Command, run: Run): void {
  const areas = program.command('areas').description('polygons of the wards: import the real ones, or go back');

  areas
    .command('import')
    .description('replace all areas of a level by the polygons of a GeoJSON file, all or none')
    .argument('<file>', 'GeoJSON FeatureCollection; - for standard input')
    .option('--level <level>', 'level of the areas', 'ward')
    .option('--attribution <text>', 'what must stand beside the areas wherever they are shown')
    .action(
      run(async (city, out, file: string, query: { level: string; attribution?: string }) => {
        const text = { body: await readInput(file), type: 'application/geo+json' };
        const replaced = await city.ask(Replaced, 'PUT', '/areas', { query: { ...query }, text });
        out.result(replaced, `${replaced.areas} areas of the level ${replaced.level}`);
      }),
    );

  areas
    .command('reset')
    .description('forget the imported areas of a level: the built-in approximate ones are back')
    .option('--level <level>', 'level of the areas', 'ward')
    .action(
      run(async (city, out, { level }: { level: string }) => {
        await city.tell('DELETE', '/areas', { query: { level } });
        out.result({ level, reset: true }, `the areas of the level ${level} are the built-in ones, approximate`);
      }),
    );
}
