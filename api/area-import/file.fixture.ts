import { CodedError } from '../../model/problem.ts';
import { type AreaImport, readAreas } from './read.ts';

/** The corners of a square of `side` degrees, counterclockwise, closed. */
export const square = (west = 105.8, south = 21, side = 0.01): [number, number][] => [
  [west, south],
  [west + side, south],
  [west + side, south + side],
  [west, south + side],
  [west, south],
];

/** Rings as a file may have them, numbers or not. */
export const polygon = (...coordinates: (readonly (readonly unknown[])[])[]) => ({ type: 'Polygon', coordinates });

export const feature = (properties: unknown, geometry: unknown = polygon(square()), other = {}) => ({
  ...{ type: 'Feature', properties, geometry },
  ...other,
});

/** The text of a file. */
export const collection = (...features: unknown[]) => JSON.stringify({ type: 'FeatureCollection', features });

export const read = (text: string, options: Partial<AreaImport> = {}) => readAreas(text, { level: 'ward', ...options });

/** What a text is refused for; throws where it is not refused, or not with a coded error. */
export async function faults(text: string, options: Partial<AreaImport> = {}) {
  const error = await read(text, options).catch((refused: unknown) => refused);
  if (!(error instanceof CodedError)) throw new Error(`not refused: ${text.slice(0, 200)}`, { cause: error });
  if (error.code !== 'invalid-areas') throw new Error(`refused as ${error.code}`);
  return error.errors ?? [];
}
