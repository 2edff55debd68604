import { configFromProcess } from '../config.ts';
import { runCity } from './city.ts';

// As the city does: a restored or stopped city's files are its owner's.
process.umask(0o077);

/** `npm run city -- …`. Whoever reads what it prints may stop reading: `city device list | head`. */
process.stdout.on('error', () => process.exit());

process.exitCode = await runCity(process.argv.slice(2), configFromProcess, {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
});
