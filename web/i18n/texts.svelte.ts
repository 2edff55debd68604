import type { Language } from '../../model/text.ts';
import type { Messages } from './messages.ts';

let texts: Readonly<Record<Language, Messages>> | null = $state.raw(null);

/** Gives the page its texts. They come with what shows them: the map is drawn before that, and without. */
export function provideTexts(every: Readonly<Record<Language, Messages>>): void {
  texts = every;
}

/** The page's texts in a language; null before they have come. */
export const textsIn = (language: Language): Messages | null => texts?.[language] ?? null;
