import type { Figure } from './figure.ts';
import { OVERS, type Over } from './url.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Milliseconds since midnight by the clocks of a zone. */
function sinceMidnight(at: number, timezone: string): number {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone: timezone,
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
    hourCycle: 'h23',
  }).formatToParts(at);
  const read = (type: string) => Number(parts.find((part) => part.type === type)?.value ?? 0);
  return ((read('hour') * 60 + read('minute')) * 60 + read('second')) * 1_000 + (at % 1_000);
}

/** When the day of `at` began in a zone, ms since the epoch; also on days on which the clocks are put forward or back. */
export function startOfDay(at: number, timezone: string): number {
  const guess = at - sinceMidnight(at, timezone);
  const off = sinceMidnight(guess, timezone);
  return off > DAY_MS / 2 ? guess + DAY_MS - off : guess - off;
}

const SECONDS: Readonly<Record<Exclude<Over, 'today'>, number>> = { PT15M: 900, PT1H: 3_600, P7D: 7 * 86_400 };

/** When a span that ends at `to` begins, ms since the epoch. */
export function startOf(over: Over, to: number, timezone: string): number {
  return over === 'today' ? startOfDay(to, timezone) : to - SECONDS[over] * 1_000;
}

/** The spans a figure can be taken over: an index is of hours and days, and a report must be due within the span. */
export function spansOf(figure: Figure): readonly Over[] {
  if (figure.overDevices === 'index') return ['PT1H', 'today'];
  if (figure.overDevices === 'ratio') return OVERS;
  return OVERS.filter((over) => over === 'today' || SECONDS[over] >= figure.interval);
}

/** The span that is asked for, or the next longer one that the figure can be taken over. */
export function spanFor(figure: Figure, asked: Over): Over {
  const spans = spansOf(figure);
  return spans.find((over) => OVERS.indexOf(over) >= OVERS.indexOf(asked)) ?? spans.at(-1) ?? 'PT1H';
}
