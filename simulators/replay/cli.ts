import { SingleBar } from 'cli-progress';
import { CommanderError } from 'commander';
import { z } from 'zod';
import { ReplayOptions } from './options.ts';
import { replayProgram } from './program.ts';
import { previewReplay, runReplay, type Watcher } from './replay.ts';
import { complete, summaryText } from './summary.ts';

/** Exit codes: 0 everything was acknowledged, 1 not, 2 the command line cannot be used. */
const WRONG_COMMAND_LINE = 2;
/** Rows a dry run shows. */
const PREVIEWED = 5;

/** A bar on the error stream, and none where nobody sees it. */
function watcherOf(): Watcher & { done(): void } {
  if (!process.stderr.isTTY) return { started: () => undefined, progressed: () => undefined, done: () => undefined };
  const bar = new SingleBar({
    stream: process.stderr,
    format: '{bar} {percentage} % | {value}/{total} readings | {duration_formatted}, {eta_formatted} to go',
    etaBuffer: 1_000,
  });
  return {
    started: (readings) => bar.start(readings, 0),
    progressed: (readings) => bar.increment(readings),
    done: () => bar.stop(),
  };
}

async function replay(file: string, given: Record<string, unknown>): Promise<void> {
  const parsed = ReplayOptions.safeParse({ ...given, file });
  if (!parsed.success) {
    console.error(z.prettifyError(parsed.error));
    process.exitCode = WRONG_COMMAND_LINE;
    return;
  }
  const options = parsed.data;
  if (options.dryRun) {
    const { first, ...rest } = await previewReplay(options, Date.now(), PREVIEWED);
    for (const row of first) console.log(JSON.stringify(row));
    console.log(JSON.stringify(rest, null, 2));
    return;
  }
  const watcher = watcherOf();
  const summary = await runReplay(options, Date.now(), watcher).finally(() => watcher.done());
  console.log(options.json ? JSON.stringify(summary, null, 2) : summaryText(summary));
  process.exitCode = complete(summary) ? 0 : 1;
}

try {
  await replayProgram(replay).exitOverride().parseAsync();
} catch (error) {
  // Commander has said what is wrong; --help is its error of code 0.
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : WRONG_COMMAND_LINE;
  else {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
