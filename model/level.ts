import { z } from 'zod';
import type { Text } from './text.ts';

/** How a value is judged, from best to worst. Colours are the page's business; the words are the city's. */
export const LEVELS = ['good', 'fair', 'poor', 'severe'] as const;
export const Level = z.enum(LEVELS);
export type Level = z.infer<typeof Level>;

export const LEVEL_NAMES: Readonly<Record<Level, Text>> = {
  good: { vi: 'Tốt', en: 'Good' },
  fair: { vi: 'Khá', en: 'Fair' },
  poor: { vi: 'Kém', en: 'Poor' },
  severe: { vi: 'Nghiêm trọng', en: 'Severe' },
};

/** A band holds every value below `below` that no earlier band holds; the last band is open upwards. */
export const Band = z.object({ below: z.number().nullable(), level: Level });
export type Band = z.infer<typeof Band>;

/** The level of `value`, or undefined where the metric has no thresholds. */
export function levelOf(bands: readonly Band[], value: number): Level | undefined {
  return bands.find((band) => band.below === null || value < band.below)?.level;
}
