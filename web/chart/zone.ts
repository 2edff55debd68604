/** Formatters by zone: Intl's constructors are slow, and a chart asks for thousands of times. */
const formatters = new Map<string, Intl.DateTimeFormat>();

function formatterOf(timezone: string): Intl.DateTimeFormat {
  const known = formatters.get(timezone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('en-GB', {
    timeZone: timezone,
    ...{ year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit' },
    hourCycle: 'h23',
  });
  formatters.set(timezone, made);
  return made;
}

/** What the clocks of a zone show at `ms`, as if it were UTC; whole seconds. */
function wallClock(ms: number, timezone: string): number {
  const part = Object.fromEntries(
    formatterOf(timezone)
      .formatToParts(ms)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

/** How far the clocks of a zone are ahead of UTC at `ms`, in ms. */
const offsetAt = (ms: number, timezone: string): number => wallClock(ms, timezone) - Math.floor(ms / 1_000) * 1_000;

const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');

/** A moment by the clocks of a zone as RFC 3339 with that zone's offset: 2026-11-24T08:00:00.000+07:00. */
export function instantIn(ms: number, timezone: string): string {
  const offset = offsetAt(ms, timezone);
  const minutes = Math.abs(offset) / 60_000;
  const sign = offset < 0 ? '-' : '+';
  return `${new Date(ms + offset).toISOString().slice(0, -1)}${sign}${two(minutes / 60)}:${two(minutes % 60)}`;
}

/** A moment by the clocks of a zone as a field of date and time writes it: 2026-11-24T08:00. */
export const fieldOf = (ms: number, timezone: string): string =>
  new Date(ms + offsetAt(ms, timezone)).toISOString().slice(0, 16);

/** The moment (ms) that such a field means in a zone, undefined where it is not filled in. */
export function momentOf(field: string, timezone: string): number | undefined {
  const wall = Date.parse(`${field}Z`);
  if (Number.isNaN(wall)) return undefined;
  const guess = wall - offsetAt(wall, timezone);
  return wall - offsetAt(guess, timezone);
}
