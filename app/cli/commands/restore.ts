import { SingleBar } from 'cli-progress';
import type { Command } from 'commander';
import { BackupDamaged } from '../../backup/manifest.ts';
import { DataInTheWay, restoreBackup } from '../../backup/restore.ts';
import type { Config } from '../../config.ts';
import { DataDirError } from '../../data-dir.ts';
import { failed, refused } from '../failure.ts';
import type { Output } from '../output.ts';

/** `restore`: the one command that asks no city, for there must be none running. */
export function restoreCommand(program: Command, settings: () => Config, output: () => Output): void {
  program
    .command('restore')
    .description('make a backup the data of DATA_DIR, where no city may be running')
    .argument('<directory>', 'the backup: a directory with manifest.json')
    .option('--force', 'move the data that are there aside, into DATA_DIR/replaced-<time>')
    .action(async (from: string, { force = false }: { force?: boolean }) => {
      const { DATA_DIR: dataDir, STORE: store } = settings();
      const out = output();
      const bar = progressBar();
      try {
        const { manifest, aside } = await restoreBackup({ from, dataDir, store, force, progressed: bar.at });
        bar.stop();
        const { created, files, checkpoint, head } = manifest;
        const text = [`restored the backup of ${created} to ${dataDir}, ${files.length} files`];
        if (aside !== null) text.push(`what was there is in ${aside}`);
        out.result({ dataDir, aside, created, checkpoint, head, files: files.length }, text.join('\n'));
        if (store === 'influxdb')
          out.note('Restore the observations into InfluxDB with its own tools before the start.');
      } catch (error) {
        bar.stop();
        if (error instanceof DataInTheWay || error instanceof BackupDamaged) throw refused(error.message);
        if (error instanceof DataDirError)
          throw error.inUse ? refused(`${error.message}: stop the city first`) : failed(error.message);
        throw error;
      }
    });
}

/** A bar on the error stream, and none where nobody sees it. */
function progressBar(): { at: (bytes: number, of: number) => void; stop(): void } {
  if (!process.stderr.isTTY) return { at: () => undefined, stop: () => undefined };
  const bar = new SingleBar({ stream: process.stderr, format: '{bar} {percentage} % | {value}/{total} bytes' });
  let started = false;
  return {
    at(bytes, of) {
      if (started) bar.update(bytes);
      else bar.start(of, bytes);
      started = true;
    },
    stop: () => bar.stop(),
  };
}
