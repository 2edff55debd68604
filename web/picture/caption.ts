import { chipsOf } from '../state/chips.ts';
import type { City } from '../state/city.svelte.ts';

/** What a picture says of itself, so that it still does when it is passed on. */
export interface Caption {
  readonly title: string;
  /** The moment that is shown, with its zone, and how old the newest value was. */
  readonly time: string;
  readonly filters: readonly string[];
  readonly credits: string;
}

/** The words of a picture that is taken now; `compared`: whether another moment is on its right side. */
export function captionOf(city: City, compared: boolean = city.screen.beside !== null): Caption {
  const { preferences, view, catalogue, time, clock, ground, areas, layers, keeping } = city;
  const { messages, format, language } = preferences;
  const domain = view.domain === null ? messages.allDomains : catalogue.domain(view.domain)?.name[language];
  const at = time.moment ?? keeping.at ?? clock.wall;
  // With its year: nobody knows when a picture is looked at.
  const told = format.instant(at, 0);
  const zone = told.includes(format.offset) ? '' : ` (${format.offset})`;
  const { newest } = city.devices;
  const age = newest === null ? messages.noNewest : messages.newest(format.age((clock.wall - newest) / 1_000));
  const approximate = layers.has('wards') && areas.approximate ? [messages.approximate] : [];
  const note = ground.base === 'schematic' ? [messages.anywhere.schematicNote] : [];
  const shown = `${told}${zone}${time.moment === null ? ` · ${age}` : ''}`;
  return {
    title: [messages.place, domain].filter((part) => part !== undefined).join(' · '),
    time: compared ? messages.anywhere.both(shown, format.instant(time.other ?? clock.wall, 0)) : shown,
    filters: [...(city.simulated ? [messages.simulatedNote] : []), ...chipsOf(city).map(({ name }) => name)],
    credits: [ground.credits.map(({ text }) => text).join(', '), ...note, ...approximate].join(' · '),
  };
}

/** The name of a picture's file, with the moment in the city's hours: `nhip-traffic-2026-11-24-0800.png`. */
export function fileName(domain: string | null, at: number, timezone: string): string {
  const parts = new Intl.DateTimeFormat('en-CA', {
    ...{ timeZone: timezone, hourCycle: 'h23' },
    ...{ year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' },
  }).formatToParts(at);
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.find((each) => each.type === type)?.value ?? '';
  const day = [part('year'), part('month'), part('day')].join('-');
  return ['nhip', ...(domain === null ? [] : [domain]), day, `${part('hour')}${part('minute')}`]
    .join('-')
    .concat('.png');
}
