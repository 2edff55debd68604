/** The parts of a moment by the clocks of a zone, as a `datetime-local` field takes them: 2026-11-24T08:00. */
export function toLocal(at: number, timezone: string): string {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone: timezone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(at);
  const read = (type: string) => parts.find((part) => part.type === type)?.value ?? '';
  return `${read('year').padStart(4, '0')}-${read('month')}-${read('day')}T${read('hour')}:${read('minute')}`;
}

/**
 * The moment at which the clocks of a zone show what such a field holds, ms since the epoch; null for what is no time.
 * An hour that the clocks leave out counts as the one after it.
 */
export function fromLocal(text: string, timezone: string): number | null {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/.test(text)) return null;
  const guess = Date.parse(`${text.slice(0, 16)}:00Z`);
  if (Number.isNaN(guess)) return null;
  const off = (at: number) => Date.parse(`${toLocal(at, timezone)}:00Z`) - at;
  // Beside a change of the clocks the first guess may have the other side's offset.
  const first = guess - off(guess);
  return guess - off(first);
}
