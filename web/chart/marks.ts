import type { Point, Track } from './track.ts';

/** What is told of a point beside its value, the gravest first; each has a shape of its own. */
export const MARKS = ['invalid', 'suspect', 'corrected', 'late', 'time-from-receipt'] as const;
export type Mark = (typeof MARKS)[number];

/** The gravest that is to be told of a point; undefined where nothing is. */
export function markOf({
  quality,
  superseded,
  flags,
}: Pick<Point, 'quality' | 'superseded' | 'flags'>): Mark | undefined {
  if (quality !== 'valid') return quality;
  if (superseded.length > 0) return 'corrected';
  return MARKS.find((mark) => flags.some((flag) => flag === mark));
}

/** The marks that the tracks show, the gravest first. */
export function marksIn(tracks: readonly Pick<Track, 'points'>[]): readonly Mark[] {
  const found = new Set(tracks.flatMap(({ points }) => points.flatMap((point) => markOf(point) ?? [])));
  return MARKS.filter((mark) => found.has(mark));
}

/** Outlines within a square from -1 to 1, as SVG and canvas both take them. */
export const OUTLINES: Readonly<Record<Mark | 'quarantined', string>> = {
  invalid: 'M-1 -1L1 1M1 -1L-1 1',
  suspect: 'M0 -1.1L1.1 0.9L-1.1 0.9Z',
  corrected: 'M0 -1.2L1.2 0L0 1.2L-1.2 0Z',
  late: 'M1 0A1 1 0 1 1 -1 0A1 1 0 1 1 1 0Z',
  'time-from-receipt': 'M-0.9 -0.9H0.9V0.9H-0.9Z',
  quarantined: 'M-1.1 -1H1.1L0 1Z',
};
