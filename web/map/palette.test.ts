import {
  type Color,
  differenceCiede2000,
  filterDeficiencyDeuter,
  filterDeficiencyProt,
  filterDeficiencyTrit,
  parse,
  wcagContrast,
} from 'culori';
import { describe, expect, test } from 'vitest';
import { LEVELS } from '../../model/level.ts';
import { STEPS } from '../state/scale.ts';
import { PALETTES } from './palette.ts';

/** How people see who lack one kind of cone altogether; who lacks a part of it sees more. */
const EYES: Readonly<Record<string, (colour: Color) => Color | undefined>> = {
  usual: (colour) => colour,
  protanopic: filterDeficiencyProt(1),
  deuteranopic: filterDeficiencyDeuter(1),
  tritanopic: filterDeficiencyTrit(1),
};
const distance = differenceCiede2000();

/** CIEDE2000 between two colours as such eyes see them: from some 2 on side by side, from 10 on at a glance. */
function apart(eye: string, a: string, b: string): number {
  const see = (colour: string) => {
    const parsed = parse(colour);
    const seen = parsed && EYES[eye]?.(parsed);
    if (seen === undefined) throw new Error(`no colour: ${colour}`);
    return seen;
  };
  return distance(see(a), see(b));
}

/** Every two of these. */
const pairs = <T>(all: readonly T[]) => all.flatMap((a, i) => all.slice(i + 1).map((b) => [a, b] as const));
/** Each with the next one. */
const neighbours = <T>(all: readonly T[]) =>
  all.slice(1).flatMap((b, i) => all.slice(i, i + 1).map((a) => [a, b] as const));

const cases = Object.entries(PALETTES).flatMap(([theme, palette]) =>
  Object.keys(EYES).map((eye) => ({ theme, palette, eye })),
);

describe.each(cases)('in the $theme theme to $eye eyes', ({ palette, eye }) => {
  const { tones, heat, water, land, city } = palette;
  const closest = (colours: readonly (readonly [string, string])[]) =>
    Math.min(...colours.map(([a, b]) => apart(eye, a, b)));

  test('the levels are told apart, each from every other', () => {
    expect(closest(pairs(LEVELS.map((level) => tones[level])))).toBeGreaterThan(12);
  });

  test('what is not rated or has no data is no level', () => {
    for (const other of [tones.unrated, tones.none])
      expect(closest(LEVELS.map((level) => [tones[level], other]))).toBeGreaterThan(9);
    expect(apart(eye, tones.unrated, tones.none)).toBeGreaterThan(7);
  });

  test('the steps of a scale are told from their neighbours, and so is warmth', () => {
    expect(closest(neighbours(STEPS.map((step) => tones[step])))).toBeGreaterThan(10);
    expect(closest(neighbours(heat))).toBeGreaterThan(10);
  });

  test('nothing that is told by colour is lost on the ground or the water', () => {
    const told = [...LEVELS, ...STEPS, 'unrated' as const, 'none' as const].map((tone) => tones[tone]);
    expect(
      closest(told.flatMap((tone) => [land, city, water].map((ground) => [tone, ground] as const))),
    ).toBeGreaterThan(8);
  });
});

describe.each(Object.entries(PALETTES))('in the %s theme', (_, { tones, heat, land, city, outline, halo, warning }) => {
  test('levels stand out from the ground as graphics must (WCAG 1.4.11)', () => {
    for (const tone of [...LEVELS, 'unrated', 'none'] as const)
      for (const ground of [land, city]) expect(wcagContrast(tones[tone], ground)).toBeGreaterThanOrEqual(3);
    for (const ground of [outline, halo]) expect(wcagContrast(warning, ground)).toBeGreaterThanOrEqual(3);
  });

  test('steps and warmth lead away from the ground, each further than the one before', () => {
    for (const scale of [STEPS.map((step) => tones[step]), heat]) {
      const away = scale.map((colour) => wcagContrast(colour, city));
      expect(away).toEqual([...away].sort((a, b) => a - b));
    }
  });
});
