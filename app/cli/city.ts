import { CommanderError } from 'commander';
import { type Config, ConfigError } from '../config.ts';
import { CommandFailure, EXIT, failed, wrongUsage } from './failure.ts';
import type { Streams } from './output.ts';
import { cityProgram } from './program.ts';

/**
 * Carries out one command line (without node and the script) and answers the exit code; what came of it is on the
 * streams. `settings` is asked once a command needs them, and may throw a ConfigError.
 */
export async function runCity(words: readonly string[], settings: () => Config, streams: Streams): Promise<number> {
  const { program, output } = cityProgram(settings, streams);
  try {
    await program.parseAsync([...words], { from: 'user' });
    return EXIT.done;
  } catch (error) {
    // Help and version are commander's "errors" of code 0, and a command without its subcommand has shown its help.
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.done;
    if (error instanceof CommanderError && error.code === 'commander.help') return EXIT.usage;
    const failure = failureFor(error, words, program);
    output().failure(failure);
    return failure.exitCode;
  }
}

type Program = ReturnType<typeof cityProgram>['program'];

function failureFor(error: unknown, words: readonly string[], program: Program): CommandFailure {
  if (error instanceof CommandFailure) return error;
  if (error instanceof ConfigError) return wrongUsage(error.message);
  if (error instanceof CommanderError) {
    const said = error.message.replace(/^error: /, '').replaceAll('\n', ' ');
    return wrongUsage(`${said}; see npm run city -- ${[...meant(words, program), '--help'].join(' ')}`);
  }
  return failed(error instanceof Error ? error.message : String(error));
}

/** The command that was meant, as far as it was understood. */
function meant(words: readonly string[], program: Program): readonly string[] {
  const path: string[] = [];
  let at = program;
  for (const word of words) {
    const command = at.commands.find((each) => each.name() === word);
    if (!command) continue;
    path.push(word);
    at = command;
  }
  return path;
}
