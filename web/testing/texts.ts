import { MESSAGES } from '../i18n/messages.ts';
import { provideTexts } from '../i18n/texts.svelte.ts';

// What is tested by itself has the texts that come with the page around it.
provideTexts(MESSAGES);
