/** Spans that a chart may show until now, in ms. */
export const SPANS = {
  '1h': 3_600_000,
  '6h': 6 * 3_600_000,
  '24h': 24 * 3_600_000,
  '7d': 7 * 86_400_000,
  '30d': 30 * 86_400_000,
} as const;
export type Span = keyof typeof SPANS;
const isSpan = (text: string): text is Span => Object.hasOwn(SPANS, text);
export const SPAN_NAMES: readonly Span[] = Object.keys(SPANS).filter(isSpan);

/** A range of time, ms since the epoch. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** What a chart was asked to show: a span that moves on with time, or a range that stays. */
export type RangeChoice = Span | Range;
export const USUAL: RangeChoice = '24h';

/** A chart shows at least so much and at most so much, ms. */
export const SHORTEST = 5 * 60_000;
export const LONGEST = 366 * 86_400_000;

const STAMP = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/;
const stamp = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+|[-:]/g, '');
const parsed = (text: string): number => Date.parse(text.replace(STAMP, '$1-$2-$3T$4:$5:$6Z'));

/** The choice as the address writes it: `7d`, or `20261124T010000Z-20261125T010000Z` in UTC. */
export const writeChoice = (choice: RangeChoice): string =>
  typeof choice === 'string' ? choice : `${stamp(choice.from)}-${stamp(choice.to)}`;

/** Reads a choice from the address; null for what is none. */
export function readChoice(text: string | null): RangeChoice | null {
  if (text === null) return null;
  if (isSpan(text)) return text;
  const [first = '', last = '', ...more] = text.split('-');
  if (!STAMP.test(first) || !STAMP.test(last) || more.length > 0) return null;
  const range = { from: parsed(first), to: parsed(last) };
  const length = range.to - range.from;
  return length >= SHORTEST && length <= LONGEST ? range : null;
}

/**
 * The range to show at `now`. While the city is shown as it was at `moment`, a span lies around that and moves on
 * by a quarter of itself, so that it is not read anew with every step of the playback; whole seconds.
 */
export function rangeOf(choice: RangeChoice, now: number, moment: number | null = null): Range {
  if (typeof choice !== 'string') return choice;
  const length = SPANS[choice];
  if (moment === null) return { from: now - length, to: now };
  const middle = Math.round(moment / (length / 4)) * (length / 4);
  const to = Math.min(middle + length / 2, Math.max(now, moment));
  return { from: to - length, to };
}

const whole = (ms: number): number => Math.round(ms / 1_000) * 1_000;

/** The range made `factor` times as long around `centre`, within what a chart can show and not ahead of `now`. */
export function zoomed({ from, to }: Range, factor: number, centre: number, now: number): Range {
  const length = Math.min(LONGEST, Math.max(SHORTEST, (to - from) * factor));
  const share = (centre - from) / (to - from);
  return held({ from: centre - length * share, to: centre - length * share + length }, now);
}

/** The range moved by a share of itself, not ahead of `now`. */
export const moved = ({ from, to }: Range, share: number, now: number): Range =>
  held({ from: from + (to - from) * share, to: to + (to - from) * share }, now);

/** A range of the same length that does not reach ahead of `now`; at least as long as a chart can show. */
export function held({ from, to }: Range, now: number): Range {
  const length = Math.min(LONGEST, Math.max(SHORTEST, to - from));
  const end = Math.min((from + to) / 2 + length / 2, now);
  return { from: whole(end - length), to: whole(end) };
}
