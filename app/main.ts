import { type Config, ConfigError, configFromProcess } from './config.ts';
import { DataDirError } from './data-dir.ts';
import { createLog } from './log.ts';
import { type City, startCity } from './start.ts';

/** The city's process: starts it, says `ready`, stops it on a signal. Exit codes: 0 stopped, 1 failed, 2 wrong setting. */
function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function refuse(line: string, code: number): never {
  process.stderr.write(`nhip: ${line}\n`);
  process.exit(code);
}

function readConfig(): Config {
  try {
    return configFromProcess();
  } catch (error) {
    if (error instanceof ConfigError) refuse(error.message, 2);
    throw error;
  }
}

// Observations, hashes, backups: what the city keeps is its owner's, whatever the mode of the directory it is given.
process.umask(0o077);

const config = readConfig();
const log = createLog(config.LOG_LEVEL);

// Listened to before the start: a signal in the middle of it stops what has been started by then.
let city: City | undefined;
let stopping = false;
function stop(signal: string): void {
  if (stopping) return;
  stopping = true;
  log.info({ signal }, 'stopping');
  // Whatever hangs, the promise to stop holds: what was acknowledged is in the journal already.
  setTimeout(() => refuse('did not stop within 9 s', 1), 9_000).unref();
  if (city) end(city);
}

function end(running: City): void {
  running.stop().then(
    () => process.exit(0),
    (error: unknown) => {
      log.error({ err: error }, 'the stop failed');
      process.exit(1);
    },
  );
}
process.on('SIGTERM', stop);
process.on('SIGINT', stop);

try {
  city = await startCity(config, {
    log,
    progress: say,
    failed: (message) => refuse(`the city stopped: ${message}`, 1),
  });
  if (stopping) end(city);
  else say(`ready ${city.url}`);
} catch (error) {
  if (error instanceof ConfigError) refuse(error.message, 2);
  if (error instanceof DataDirError || (error instanceof Error && 'code' in error)) refuse(error.message, 1);
  log.fatal({ err: error }, 'the city could not start');
  refuse(error instanceof Error ? error.message : 'the city could not start', 1);
}
