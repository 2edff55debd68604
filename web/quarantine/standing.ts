import type { QuarantineItem, QuarantineState } from '../../model/quarantine.ts';

/** What became of an item: once sent again, that. */
export function stateOf({ replayed, dismissed }: Pick<QuarantineItem, 'replayed' | 'dismissed'>): QuarantineState {
  if (replayed !== null) return 'replayed';
  return dismissed === null ? 'waiting' : 'dismissed';
}
