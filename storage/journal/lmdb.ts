/** The journal on LMDB: see `writer.ts` for the promise and `databases.ts` for how LMDB is made to keep it. */
export { openJournalReader } from './reader.ts';
export { type JournalOptions, openJournal } from './writer.ts';
