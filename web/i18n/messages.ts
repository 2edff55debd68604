import type { Language } from '../../model/text.ts';
import { en } from './en.ts';
import { vi } from './vi.ts';

/** Every text of the page: a language that lacks one does not compile. */
export type Messages = typeof vi;

export const MESSAGES: Readonly<Record<Language, Messages>> = { vi, en };
