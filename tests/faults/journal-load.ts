import { openSync, writeSync } from 'node:fs';
import { z } from 'zod';
import { openJournal, openJournalReader } from '../../storage/journal/lmdb.ts';
import { JournalUnavailable } from '../../storage/journal/port.ts';

/**
 * A program that appends to a journal and says what it does in a file, a line and a system call each, so that a trace
 * shows both in order and a killed program has said all it did: `append ID`, `ack ID SEQ`, `fail ID ERROR`, `leak SEQ` for a record that is shown before its flush, `done`.
 * Its argument is JSON.
 */
const load = z
  .object({
    path: z.string(),
    /** File to say it in. */
    said: z.string(),
    /** Names this run's entries: `RUN.1`, `RUN.2`, … */
    run: z.string(),
    appends: z.number().default(Number.MAX_SAFE_INTEGER),
    inFlight: z.number(),
    flush: z.boolean().default(true),
    giveUpAfterMs: z.number().default(10_000),
  })
  .parse(JSON.parse(process.argv[2] ?? ''));

const said = openSync(load.said, 'a');
const say = (line: string) => writeSync(said, `${line}\n`);
const journal = await openJournal(load);
const reader = await openJournalReader(load);
const watch = setInterval(() => {
  try {
    for (const { seq } of reader.read(journal.head(), 1)) say(`leak ${seq}`);
  } catch (error) {
    if (!(error instanceof JournalUnavailable)) throw error;
  }
}, 1);

let next = 1;
async function client(): Promise<void> {
  while (next <= load.appends) {
    const id = `${load.run}.${next++}`;
    say(`append ${id}`);
    const device = `device-${next % 300}`;
    const payload = Buffer.from(`<${id}>`.padEnd(200));
    try {
      const seq = await journal.append({
        device,
        domain: 'traffic',
        provider: `provider-${next % 3}`,
        format: 'json',
        received: Date.now(),
        payload,
      });
      say(`ack ${id} ${seq}`);
    } catch (error) {
      say(`fail ${id} ${error instanceof Error ? error.name : 'unknown'}`);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}
await Promise.all(Array.from({ length: load.inFlight }, client));
clearInterval(watch);
await reader.close();
await journal.close();
say('done');
