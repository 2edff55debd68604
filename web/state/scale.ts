import { LEVELS, type Level, levelOf } from '../../model/level.ts';
import type { Figure } from './figure.ts';

/** Steps of a sequential scale, from low to high. */
export const STEPS = ['step-0', 'step-1', 'step-2', 'step-3', 'step-4'] as const;
export type Step = (typeof STEPS)[number];

/** What the palette has a colour for: a level, a step, or why there is neither. */
export const TONES = [...LEVELS, ...STEPS, 'unrated', 'none'] as const;
export type Tone = (typeof TONES)[number];

/** A band of a metric with both of its bounds; null is open. */
export interface BoundedBand {
  readonly level: Level;
  readonly low: number | null;
  readonly high: number | null;
}

/** The metric's bands from the lowest up. */
export function boundedBands({ thresholds }: Pick<Figure, 'thresholds'>): readonly BoundedBand[] {
  return thresholds.map(({ below, level }, i) => ({ level, low: thresholds[i - 1]?.below ?? null, high: below }));
}

/** A class of a sequential scale with both of its bounds; null is open. */
export interface BoundedClass {
  readonly tone: Step;
  readonly low: number | null;
  readonly high: number | null;
}

/** How values become colours: by the bands of the metric's row, or by classes of the values that are shown. */
export type Scale =
  | { readonly by: 'bands'; readonly bands: readonly BoundedBand[] }
  | { readonly by: 'classes'; readonly classes: readonly BoundedClass[] };

/** Values closer than this are equal to any reader. */
const LEAST_DIFFERENCE = 1e-9;

/** The largest of 1, 2 and 5 times a power of ten that is not above `size`. */
function roundStep(size: number): number {
  const power = 10 ** Math.floor(Math.log10(size));
  return power * ([5, 2].find((digit) => digit * power <= size) ?? 1);
}

/** Decimals that a multiple of the step needs: 0.3 and not 0.30000000000000004. */
const decimalsOf = (step: number): number => Math.max(0, -Math.floor(Math.log10(step)));

/**
 * Bounds between at most `most` classes that hold about as many of the values each, rounded to numbers that people
 * read easily. Rising, and within the values: fewer where the values do not differ enough, none where all are equal.
 */
export function quantileBounds(values: readonly number[], most: number = STEPS.length): readonly number[] {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
  const [low, high] = [sorted[0], sorted.at(-1)];
  if (low === undefined || high === undefined || high - low < LEAST_DIFFERENCE) return [];
  const step = roundStep((high - low) / (4 * most));
  const bounds = Array.from({ length: most - 1 }, (_, i) => {
    const quantile = sorted[Math.floor(((i + 1) / most) * sorted.length)] ?? high;
    return Number((Math.round(quantile / step) * step).toFixed(decimalsOf(step)));
  });
  // Rounding may bring two together, or leave nothing between them.
  const kept: number[] = [];
  for (const bound of bounds) {
    const before = kept.at(-1) ?? -Infinity;
    if (bound <= high && sorted.some((value) => value >= before && value < bound)) kept.push(bound);
  }
  return kept;
}

/** A sequential scale of the values; its steps are spread over the whole palette. */
export function classesOf(values: readonly number[]): Scale {
  const bounds = quantileBounds(values);
  const classes = Array.from({ length: bounds.length + 1 }, (_, i): BoundedClass => {
    const place = bounds.length === 0 ? 2 : Math.round((i * (STEPS.length - 1)) / bounds.length);
    return { tone: STEPS[place] ?? 'step-2', low: bounds[i - 1] ?? null, high: bounds[i] ?? null };
  });
  return { by: 'classes', classes };
}

/** The scale of the metric's own bands, undefined where its row has none. */
export function bandsOf(figure: Pick<Figure, 'thresholds'>): Scale | undefined {
  return figure.thresholds.length === 0 ? undefined : { by: 'bands', bands: boundedBands(figure) };
}

/** The tone of a value. */
export function toneOf(scale: Scale | undefined, value: number): Tone {
  if (scale === undefined) return 'unrated';
  if (scale.by === 'classes') return scale.classes.find(({ high }) => high === null || value < high)?.tone ?? 'unrated';
  return (
    levelOf(
      scale.bands.map(({ high, level }) => ({ below: high, level })),
      value,
    ) ?? 'unrated'
  );
}
