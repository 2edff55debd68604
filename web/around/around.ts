import { MESSAGES } from '../i18n/messages.ts';
import { provideTexts } from '../i18n/texts.svelte.ts';

// Whatever is shown around the map speaks.
provideTexts(MESSAGES);

export { default as Header } from '../components/Header.svelte';
export { default as MapPlace } from '../components/MapPlace.svelte';
export { default as OfflineNote } from '../components/OfflineNote.svelte';
export { default as Print } from '../picture/Print.svelte';
export { default as Swipe } from '../time/Swipe.svelte';
export { default as Beside } from './Beside.svelte';
export { default as Notices } from './Notices.svelte';
