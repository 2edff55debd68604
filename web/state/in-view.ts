import { type BigQuestion, fetchMapDevices } from '../api/big-map.ts';
import type { MapDevices, MapFeature } from '../api/shapes.ts';
import type { Box } from '../map/box.ts';

/** Devices of one answer. */
const PAGE = 1_000;
/** Devices in view that a stored range is played of, one by one. */
export const PLAYED = 2_000;

/** What is in view of a large domain. */
export interface InView {
  readonly domain: string;
  readonly question: BigQuestion;
  readonly box: Box | null;
}

function page(
  { domain, question, box }: InView,
  list: string | null,
  offset: number,
  signal: AbortSignal,
): Promise<MapDevices> {
  return fetchMapDevices(domain, { question, box, sort: null, language: 'vi', list, offset, limit: PAGE }, signal);
}

const ofKind = (question: BigQuestion, kind: string): BigQuestion => ({
  ...question,
  filters: { ...question.filters, kind },
});

/** All devices of these kinds in view; undefined where there are none such kinds, or too many devices of one to follow. */
export async function moversIn(
  { question, ...view }: InView,
  kinds: readonly string[],
  signal: AbortSignal,
): Promise<readonly MapFeature[] | undefined> {
  const { kind } = question.filters;
  const wanted = kind === null ? kinds : kinds.filter((each) => each === kind);
  const pages = await Promise.all(
    wanted.map((each) => page({ ...view, question: ofKind(question, each) }, null, 0, signal)),
  );
  const whole = pages.length > 0 && pages.every(({ total, items }) => total === items.length);
  return whole ? pages.flatMap(({ items }) => items) : undefined;
}

/** All devices in view, whatever they do right now; undefined where there are too many to be played. */
export async function allIn(view: InView, signal: AbortSignal): Promise<readonly MapFeature[] | undefined> {
  const filters = { ...view.question.filters, conditions: [], levels: [], freshWithin: null };
  const steady = { ...view, question: { ...view.question, filters } };
  const first = await page(steady, null, 0, signal);
  if (first.total > PLAYED) return undefined;
  const items = [...first.items];
  while (items.length < first.total) {
    const next = await page(steady, first.list, items.length, signal);
    if (next.list !== first.list || next.items.length === 0) return undefined;
    items.push(...next.items);
  }
  return items;
}
