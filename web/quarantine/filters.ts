import { QUARANTINE_STATES, type QuarantineState } from '../../model/quarantine.ts';
import { REASONS, type Reason } from '../../model/reason.ts';
import { FORMATS, type Format } from '../../model/topic.ts';
import type { Asked } from '../api/quarantine.ts';

/** What the page shows, all of it in its address; null: any. */
export interface Filters {
  readonly device: string | null;
  readonly provider: string | null;
  readonly reason: Reason | null;
  readonly format: Format | null;
  readonly state: QuarantineState | null;
  /** Received within so many seconds. */
  readonly within: number | null;
}

export const NO_FILTERS: Filters = {
  ...{ device: null, provider: null, reason: null, format: null, state: null, within: null },
};

/** Seconds that may be chosen. */
export const PERIODS: readonly number[] = [3_600, 86_400, 604_800];

const isReason = (code: string): code is Reason => Object.hasOwn(REASONS, code);
export const REASON_CODES: readonly Reason[] = Object.keys(REASONS).filter(isReason);

/** Ids of devices and providers as the API takes them. */
const SLUG = /^[a-z0-9][a-z0-9-]{1,63}$/;
const DEVICE = /^[a-z0-9][a-z0-9-]{2,63}$/;
/** What may be typed on the way to an id is no filter yet. */
export const isDeviceId = (text: string): boolean => DEVICE.test(text);

const one = <T extends string>(values: readonly T[], text: string | null): T | null =>
  values.find((known) => known === text) ?? null;
const like = (pattern: RegExp, text: string | null): string | null =>
  text !== null && pattern.test(text) ? text : null;

/** Reads a query string; what is not understood counts as not given. */
export function readFilters(search: string): Filters {
  const query = new URLSearchParams(search);
  const within = Number(query.get('within'));
  return {
    device: like(DEVICE, query.get('device')),
    provider: like(SLUG, query.get('provider')),
    reason: one(REASON_CODES, query.get('reason')),
    format: one(FORMATS, query.get('format')),
    state: one(QUARANTINE_STATES, query.get('state')),
    within: PERIODS.includes(within) ? within : null,
  };
}

/** The query string with the filters in it; what is not theirs stays. */
export function writeFilters(search: string, filters: Filters): string {
  const query = new URLSearchParams(search);
  for (const [name, value] of Object.entries(filters)) {
    if (value === null) query.delete(name);
    else query.set(name, String(value));
  }
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}

/** The filters as the API's parameters, at this moment (ms); `state` is the list's only. */
export function askedOf({ state, within, ...filters }: Filters, now: number): { list: Asked; counts: Asked } {
  const given = Object.entries(filters).flatMap(([name, value]) => (value === null ? [] : [[name, value]]));
  const from = within === null ? {} : { from: new Date(now - within * 1_000).toISOString() };
  const counts: Asked = { ...Object.fromEntries(given), ...from };
  return { counts, list: state === null ? counts : { ...counts, state } };
}
