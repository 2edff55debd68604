import { STEPS, type Step } from '../../model/playback.ts';
import type { Parameters } from './address.ts';
import type { Range } from './buckets.ts';

/** Seconds of the city that pass in one of ours. */
export const SPEEDS = [1, 10, 60, 300, 900, 3_600] as const;
export type Speed = (typeof SPEEDS)[number];
export const USUAL_SPEED: Speed = 900;

/** What of time is in the page's address; moments in ms since the epoch. */
export interface TimeAddress {
  /** The moment that is shown, null for the present. */
  readonly at: number | null;
  readonly range: Range | null;
  readonly step: Step | null;
  readonly speed: Speed;
  readonly loop: boolean;
  /** The moment that it is compared with. */
  readonly other: number | null;
}

/** What a calendar can reckon with, ms: the years 1970 to 9999. */
const LATEST = Date.UTC(9_999, 11, 31);
const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/;

function instant(text: string | null): number | null {
  if (text === null || !RFC_3339.test(text)) return null;
  const ms = Date.parse(text);
  return ms >= 0 && ms <= LATEST ? ms : null;
}

const written = (ms: number | null): string | null =>
  ms === null ? null : new Date(ms).toISOString().replace('.000Z', 'Z');

/** Reads a query string; what is not understood counts as not given. */
export function readTime(search: string): TimeAddress {
  const query = new URLSearchParams(search);
  const [from, to] = [instant(query.get('from')), instant(query.get('to'))];
  const speed = Number(query.get('speed'));
  return {
    at: instant(query.get('at')),
    range: from !== null && to !== null && from < to ? { from, to } : null,
    step: STEPS.find((known) => known === query.get('step')) ?? null,
    speed: SPEEDS.find((known) => known === speed) ?? USUAL_SPEED,
    loop: query.get('loop') === '1',
    other: instant(query.get('with')),
  };
}

/** The parameters that say it; what is usual is not said. */
export const timeParameters = ({ at, range, step, speed, loop, other }: TimeAddress): Parameters => ({
  at: written(at),
  from: written(range?.from ?? null),
  to: written(range?.to ?? null),
  step,
  speed: speed === USUAL_SPEED ? null : String(speed),
  loop: loop ? '1' : null,
  with: written(other),
});
