import { LANGUAGES, type Language } from '../../model/text.ts';
import { FIRST_MESSAGES, type FirstMessages } from '../i18n/first.ts';
import { createFormat, FIRST_TIMEZONE, type Format } from '../i18n/format.ts';
import type { Messages } from '../i18n/messages.ts';
import { textsIn } from '../i18n/texts.svelte.ts';
import { changeUrl, readUrl, THEMES, type Theme } from './url.ts';

const STORAGE_KEY = 'nhip.preferences';
const DARK = '(prefers-color-scheme: dark)';

interface Kept {
  language: Language | null;
  theme: Theme | null;
}

/** What an earlier visit chose; storage may be forbidden or hold anything. */
function kept(): Kept {
  try {
    const text = window.localStorage.getItem(STORAGE_KEY) ?? '';
    const [language, theme] = text.split(' ');
    return {
      language: LANGUAGES.find((known) => known === language) ?? null,
      theme: THEMES.find((known) => known === theme) ?? null,
    };
  } catch {
    return { language: null, theme: null };
  }
}

/** Language and theme: from the address, else from an earlier visit, else from the browser. */
export class Preferences {
  language: Language = $state('vi');
  theme: Theme = $state('auto');
  #dark = $state(false);

  /** What the page can say before its texts have come. */
  readonly first: FirstMessages = $derived(FIRST_MESSAGES[this.language]);
  /** The page's texts; null before they have come, which is before anything but the map is shown. */
  readonly texts: Messages | null = $derived(textsIn(this.language));
  /** The page's texts, for what is shown once they have come. */
  readonly messages: Messages = $derived.by(() => {
    if (this.texts === null) throw new Error('the texts of the page have not come');
    return this.texts;
  });
  /** The city's, as its API tells it. */
  timezone: string = $state(FIRST_TIMEZONE);
  readonly format: Format = $derived(createFormat(this.language, this.timezone));
  /** The theme that is drawn: `auto` follows the system. */
  readonly shown: 'light' | 'dark' = $derived(this.theme === 'auto' ? (this.#dark ? 'dark' : 'light') : this.theme);

  constructor() {
    const url = readUrl(window.location.search);
    const before = kept();
    const system = window.navigator.language.toLowerCase().startsWith('vi') ? 'vi' : 'en';
    this.language = url.language ?? before.language ?? system;
    this.theme = url.theme ?? before.theme ?? 'auto';
    this.#dark = window.matchMedia(DARK).matches;
  }

  /** Follows the system's theme until the returned function is called. */
  followSystem(): () => void {
    const query = window.matchMedia(DARK);
    const update = () => {
      this.#dark = query.matches;
    };
    update();
    query.addEventListener('change', update);
    return () => query.removeEventListener('change', update);
  }

  /** Writes what is chosen over what an earlier entry of the history says: Back undoes steps, not preferences. */
  stamp(): void {
    const { language, theme } = readUrl(window.location.search);
    changeUrl({
      ...(language !== null && { language: this.language }),
      ...(theme !== null && { theme: this.theme }),
    });
  }

  choose(change: { language?: Language; theme?: Theme }): void {
    this.language = change.language ?? this.language;
    this.theme = change.theme ?? this.theme;
    changeUrl(change);
    try {
      window.localStorage.setItem(STORAGE_KEY, `${this.language} ${this.theme}`);
    } catch {
      // Storage is forbidden: the address still holds the choice.
    }
  }
}
