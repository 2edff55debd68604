import type { Format } from '../i18n/format.ts';

/** A size in km², as exact as it is large: a small area is not nothing. */
export function squareText(squareMetres: number, format: Format): string {
  const square = squareMetres / 1e6;
  const step = square < 1 ? 0.001 : square < 10 ? 0.01 : square < 100 ? 0.1 : 1;
  return `${format.tick(square, step)} km²`;
}

/** A length in metres, from a kilometre on in kilometres. */
export function metresText(metres: number, format: Format): string {
  return metres < 1_000
    ? `${format.tick(metres, 1)} m`
    : `${format.tick(metres / 1_000, metres < 10_000 ? 0.01 : 0.1)} km`;
}
