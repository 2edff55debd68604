import { Command } from 'commander';
import type { Config } from '../config.ts';
import { webAddress } from './arguments.ts';
import { archiveCommands } from './commands/archive.ts';
import { areaCommands } from './commands/areas.ts';
import { deviceCommands } from './commands/device.ts';
import { exportCommand } from './commands/export.ts';
import { keyCommands } from './commands/key.ts';
import { observerCommands } from './commands/observer.ts';
import { operationCommands } from './commands/operations.ts';
import { quarantineCommands } from './commands/quarantine.ts';
import { restoreCommand } from './commands/restore.ts';
import { type CityOptions, connectCity } from './connect.ts';
import { createOutput, type Output, type Streams } from './output.ts';
import type { Run } from './run.ts';

const NAME = 'city';

interface GlobalOptions extends CityOptions {
  readonly json?: true;
}

const EXPLAINED = `
It speaks to the city that DATA_DIR (default ./data) belongs to, with the key in its admin.key: over the network where
the city runs, else by opening the directory itself. --url or CITY_URL names a city elsewhere, with --key-file or ADMIN_KEY.

Exit codes: 0 done, 1 failed (no answer, no disk: it may succeed later), 2 wrong usage, 3 refused (not there, there
already, not valid, not allowed). npm's own lines go with "npm run -s city -- …".`;

/** The command line of the city: `npm run city -- …`. Settings are read when a command runs, so that help needs none. */
export function cityProgram(settings: () => Config, streams: Streams): { program: Command; output: () => Output } {
  const program = new Command(NAME)
    .description('Administers a city: devices, keys, observers, areas, quarantine, backups.')
    .option('--url <url>', 'the city’s address (default: the city of DATA_DIR)', webAddress)
    .option('--key <key>', 'the key (others can see it in the list of processes: better --key-file)')
    .option('--key-file <file>', 'file with the key (default: ADMIN_KEY, else DATA_DIR/admin.key)')
    .option('--json', 'print the answer, or on stderr the problem (RFC 9457), as JSON')
    .addHelpText('after', EXPLAINED)
    .exitOverride()
    // What is wrong is said once and in one way, by whoever ends the process.
    .configureOutput({ writeOut: streams.out, writeErr: streams.err, outputError: () => undefined });

  const options = (): GlobalOptions => program.opts();
  const output = () => createOutput(options().json === true, NAME, streams);
  const run: Run =
    (act) =>
    async (...given) => {
      const city = await connectCity(settings(), options());
      try {
        await act(city, output(), ...given);
      } finally {
        await city.close();
      }
    };

  deviceCommands(program, run);
  keyCommands(program, run);
  observerCommands(program, run);
  areaCommands(program, run);
  quarantineCommands(program, run);
  archiveCommands(program, run);
  exportCommand(program, run);
  operationCommands(program, run);
  restoreCommand(program, settings, output);
  return { program, output };
}
