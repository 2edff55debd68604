import { open, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';

/** Copies in a thread of its own: libsql blocks the thread it is called in, for seconds where the file is large. */
const COPY = `
  const { parentPort, workerData } = require('node:worker_threads');
  const Database = require(workerData.libsql);
  const database = new Database(workerData.from);
  try {
    database.prepare('vacuum into ?').run([workerData.into]);
  } catch (error) {
    // An error of libsql's own loses its words on the way to another thread.
    parentPort.postMessage(String(error.message));
  } finally {
    database.close();
  }
`;

/**
 * Writes a consistent copy of an SQLite file, with what is committed in its write-ahead log, to the file `into`, flushed.
 * Others go on reading and writing meanwhile. Rejects, and leaves nothing, where `into` is there already or cannot be
 * written.
 */
export async function backupSqlite(from: string, into: string): Promise<void> {
  // SQLite takes an empty file for none: so this one is ours before anything is written.
  const file = await open(into, 'wx');
  try {
    await copy(from, into);
    await file.sync();
  } catch (error) {
    await rm(into, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}

function copy(from: string, into: string): Promise<void> {
  const libsql = createRequire(import.meta.url).resolve('libsql');
  const worker = new Worker(COPY, { eval: true, execArgv: [], workerData: { libsql, from, into } });
  return new Promise((resolve, reject) => {
    worker.once('message', (reason) => reject(new Error(`SQLite cannot copy ${from}: ${reason}`)));
    worker.once('error', reject);
    worker.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`the copying thread ended (${code})`))));
  });
}
