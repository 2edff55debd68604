import type { Position } from '../model/geometry.ts';

/** A line with the metres at each vertex, for things that move along it. */
export interface Way {
  readonly line: readonly Position[];
  /** Metres from the start to each vertex. */
  readonly at: readonly number[];
  readonly length: number;
}

const METRES_PER_DEGREE = 111_195;

/** Metres between two positions of one city: flat within a few kilometres, good to 0.1 %. */
export function metres([lon1, lat1]: Position, [lon2, lat2]: Position): number {
  const east = (lon2 - lon1) * Math.cos(((lat1 + lat2) * Math.PI) / 360);
  return Math.hypot(east, lat2 - lat1) * METRES_PER_DEGREE;
}

/** Measures a line; throws where it has no length. */
export function wayOf(line: readonly Position[]): Way {
  const at: number[] = [];
  let length = 0;
  line.forEach((position, i) => {
    const before = line[i - 1];
    if (before) length += metres(before, position);
    at.push(length);
  });
  if (!(length > 0)) throw new RangeError('a way needs a length');
  return { line, at, length };
}

/** Where something is that has travelled so many metres to and fro on the way, starting at its beginning. */
export function positionOn(way: Way, travelled: number): Position {
  const round = ((travelled % (2 * way.length)) + 2 * way.length) % (2 * way.length);
  const along = round <= way.length ? round : 2 * way.length - round;
  const next = way.at.findIndex((metresAt, i) => i > 0 && metresAt >= along);
  const b = way.line[next === -1 ? way.line.length - 1 : next];
  const a = way.line[(next === -1 ? way.line.length - 1 : next) - 1];
  if (!a || !b) throw new RangeError('a way has at least two positions');
  const from = way.at[(next === -1 ? way.line.length - 1 : next) - 1] ?? 0;
  const to = way.at[next === -1 ? way.line.length - 1 : next] ?? way.length;
  const share = to > from ? Math.min(1, (along - from) / (to - from)) : 0;
  return [round6(a[0] + (b[0] - a[0]) * share), round6(a[1] + (b[1] - a[1]) * share)];
}

/** Where half of a way has been gone. */
export const middleOf = (way: Way): Position => positionOn(way, way.length / 2);

/** Six decimals of a degree are 0.1 m. */
const round6 = (degrees: number) => Math.round(degrees * 1e6) / 1e6;

/** Cuts a line into pieces of at most `longest` metres, at its vertices where it has them and between them where not. */
export function pieces(line: readonly Position[], longest: number): Position[][] {
  const way = wayOf(line);
  const count = Math.ceil(way.length / longest);
  return Array.from({ length: count }, (_, i) => {
    const [from, to] = [(way.length * i) / count, (way.length * (i + 1)) / count];
    const inner = way.line.filter((_, v) => (way.at[v] ?? 0) > from + 1 && (way.at[v] ?? 0) < to - 1);
    return [positionOn(way, from), ...inner, positionOn(way, to)];
  });
}

/** A line between two places that bends to its right by a share of their distance: how logical links are drawn. */
export function arc(from: Position, to: Position, bend: number, vertices = 9): Position[] {
  const scale = Math.cos(((from[1] + to[1]) * Math.PI) / 360);
  const [east, north] = [(to[0] - from[0]) * scale, to[1] - from[1]];
  return Array.from({ length: vertices }, (_, i) => {
    const gone = i / (vertices - 1);
    const off = bend * 4 * gone * (1 - gone);
    return [round6(from[0] + (east * gone + north * off) / scale), round6(from[1] + north * gone - east * off)];
  });
}

/** The `n`th place of a row of things that stand some 4 m apart, eastward of its beginning. */
export const inRow = ([lon, lat]: Position, n: number): Position => [round6(lon + 0.00004 * n), lat];
