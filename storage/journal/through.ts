import type { JournalWriter } from './port.ts';

/** A journal that appends in its own way and is `journal` in everything else. */
export function through(journal: JournalWriter, own: Pick<JournalWriter, 'append' | 'appendAll'>): JournalWriter {
  return {
    append: own.append,
    appendAll: own.appendAll,
    head: () => journal.head(),
    bytesBehind: (seq) => journal.bytesBehind(seq),
    onFlushed: (listener) => journal.onFlushed(listener),
    accepted: () => journal.accepted(),
    waiting: () => journal.waiting(),
    healthy: () => journal.healthy(),
    trim: (upTo, before) => journal.trim(upTo, before),
    backup: (path) => journal.backup(path),
    close: () => journal.close(),
  };
}
