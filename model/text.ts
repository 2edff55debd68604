import { z } from 'zod';

/** A text in the two languages of the city. Both are required: a missing one is a failed build, not a blank on the screen. */
export const Text = z.object({ vi: z.string().min(1), en: z.string().min(1) });
export type Text = z.infer<typeof Text>;

export const LANGUAGES = ['vi', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];
