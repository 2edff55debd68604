import type { Language } from '../../model/text.ts';

const LOCALES = { vi: 'vi-VN', en: 'en-GB' } as const;
const DAY_SECONDS = 86_400;

const days = new Map<string, Intl.DateTimeFormat>();

/** The day of a moment (ms) by the clocks of a zone. */
export function dayIn(ms: number, language: Language, timezone: string): string {
  const known = days.get(language + timezone);
  const format =
    known ??
    new Intl.DateTimeFormat(LOCALES[language], {
      timeZone: timezone,
      day: 'numeric',
      month: language === 'vi' ? 'numeric' : 'short',
    });
  if (known === undefined) days.set(language + timezone, format);
  return format.format(ms);
}

/**
 * Writes the ticks of a time axis by the clocks of a zone: hours and minutes, and below them the day where a day
 * begins and at the first tick; days alone where the ticks are days apart. Times in seconds.
 */
export function createTicks(language: Language, timezone: string) {
  const locale = LOCALES[language];
  const hour = new Intl.DateTimeFormat(locale, { timeZone: timezone, hour: '2-digit', minute: '2-digit' });
  const second = new Intl.DateTimeFormat(locale, {
    timeZone: timezone,
    ...{ hour: '2-digit', minute: '2-digit', second: '2-digit' },
  });
  return (times: readonly number[], step: number): string[] => {
    let before = '';
    return times.map((time) => {
      const date = dayIn(time * 1_000, language, timezone);
      const changed = date !== before;
      before = date;
      if (step >= DAY_SECONDS) return date;
      const clock = (step < 60 ? second : hour).format(time * 1_000);
      return changed ? `${clock}\n${date}` : clock;
    });
  };
}
