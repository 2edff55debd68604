/** Ids of live observations are `{journal seq}.{index}`: ordered by both as numbers. */
const ID = /^(\d{1,15})\.(\d{1,16})$/;

/** Whether a text is such an id. */
export const isPosition = (id: string): boolean => ID.test(id);

function parts(id: string): readonly [number, number] {
  const [, seq, index] = ID.exec(id) ?? [];
  return [Number(seq ?? 0), Number(index ?? 0)];
}

/** Whether the id is a place in the journal, whose numbers start at 1: what the store knew before has none to resume from. */
export const isOfJournal = (id: string): boolean => parts(id)[0] > 0;

/** Whether `a` lies behind `b` in the journal. */
export function isBehind(a: string, b: string): boolean {
  const [seqA, indexA] = parts(a);
  const [seqB, indexB] = parts(b);
  return seqA > seqB || (seqA === seqB && indexA > indexB);
}
