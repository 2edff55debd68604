import { createWriteStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Command } from 'commander';
import { Ledger } from '../../../model/ledger.ts';
import { several } from '../arguments.ts';
import { failed, refused, wrongUsage } from '../failure.ts';
import type { Run } from '../run.ts';

const FORMATS = ['csv', 'ndjson', 'parquet'] as const;

interface ExportOptions {
  readonly format?: string;
  readonly from?: string;
  readonly to?: string;
  readonly domain?: string;
  readonly kind?: readonly string[];
  readonly area?: readonly string[];
  readonly device?: readonly string[];
  readonly metric?: readonly string[];
  readonly simulated?: string;
}

/** `export`: raw observations as a file, those of the archive too. */
export function exportCommand(program: Command, run: Run): void {
  program
    .command('export')
    .description('write raw observations to a file, archived ones too; the last 24 hours where no time is given')
    .argument('<file>', `file to write; its ending tells the format: ${FORMATS.join(', ')} (/dev/stdout with --format)`)
    .option('--format <format>', 'the format, whatever the ending')
    .option('--from <time>', 'from this time on (RFC 3339)')
    .option('--to <time>', 'before this time (RFC 3339)')
    .option('--domain <domain>', 'devices of a domain')
    .option('--kind <kind>', 'devices of a kind; may be repeated', several)
    .option('--area <area>', 'what was measured in an area; may be repeated', several)
    .option('--device <id>', 'observations of a device; may be repeated', several)
    .option('--metric <metric>', 'observations of a metric; may be repeated', several)
    .option('--simulated <which>', 'include, exclude or only')
    .action(
      run(async (city, out, file: string, { format = extname(file).slice(1), ...filters }: ExportOptions) => {
        if (!FORMATS.some((each) => each === format))
          throw wrongUsage(`the format is one of ${FORMATS.join(', ')}: end ${file} with one, or give --format`);
        await needNothingAt(file);
        const body = await city.stream('/export/observations', { query: { ...filters, format } });
        const bytes = await write(file, body);
        out.result({ file, format, bytes }, `${file}: ${bytes} bytes`);
        if (city.runs) return;
        const { messages } = await city.ask(Ledger, 'GET', '/ledger');
        if (messages.pending > 0)
          out.note(`${messages.pending} messages wait in the journal and are not in it: start the city once`);
      }),
    );
}

/** A device file such as /dev/stdout may be written to, a file that is there already not. */
async function needNothingAt(file: string): Promise<void> {
  const found = await stat(file).catch(() => undefined);
  if (found?.isFile() || found?.isDirectory()) throw refused(`${file} is there already`);
}

/** Writes the stream to the file, whole or not at all, and answers its bytes. */
async function write(file: string, body: ReadableStream<Uint8Array>): Promise<number> {
  let bytes = 0;
  const counted = new Transform({
    transform(chunk: Uint8Array, _, done) {
      bytes += chunk.length;
      done(null, chunk);
    },
  });
  try {
    await pipeline(Readable.fromWeb(body), counted, createWriteStream(file));
    return bytes;
  } catch (error) {
    const found = await stat(file).catch(() => undefined);
    if (found?.isFile()) await rm(file, { force: true });
    throw failed(`the export broke off: ${error instanceof Error ? error.message : String(error)}`);
  }
}
