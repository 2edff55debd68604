import type { Field } from '../model/places/offices.ts';
import { dateOf } from './calendar.ts';
import { CITY_OFFSET_MS, type CityTime } from './city-time.ts';
import { curve } from './curve.ts';
import { events, part } from './draws.ts';
import { countersOpen } from './rhythm.ts';
import { between, rounded, type Script } from './script.ts';
import { DAY_MS } from './showers.ts';
import type { LocalWeather } from './weather.ts';

/** Dossiers in the busiest hour, the share filed online, and hours until a dossier is settled. */
const FIELDS: Readonly<Record<Field, { readonly perHour: number; readonly online: number; readonly hours: number }>> = {
  justice: { perHour: 13, online: 0.945, hours: 14 },
  'urban-management': { perHour: 5, online: 0.92, hours: 96 },
  tax: { perHour: 16, online: 0.96, hours: 30 },
  'social-insurance': { perHour: 6, online: 0.84, hours: 52 },
  'business-registration': { perHour: 3, online: 0.73, hours: 60 },
};

/** People at the counters against the busiest hour, and dossiers that come over the network at any time. */
const COUNTER = curve('0:0 7.4:0 7.6:.6 8.5:1 10:.95 11.4:.4 11.5:0 12.9:0 13.1:.5 14:.85 15.5:.75 16.9:.2 17:0');
const NETWORK = curve('0:.05 5:.02 7:.2 8:.7 9.5:1 11.3:.75 12.3:.4 14:.85 16.5:.7 18:.3 20.5:.4 22:.2');

export interface ServiceDesk {
  readonly field: Field;
  /** 4: all of it online; 3: papers are still brought. */
  readonly level: 3 | 4;
  /** How many people it serves, about 1. */
  readonly weight: number;
}

/** Mondays and the first day after a holiday bring what has gathered. */
const rush = ({ day }: CityTime) => (dateOf(day - 1).dayOff ? 1.25 : 1);
const rest = ({ day }: CityTime) => (dateOf(day).dayOff ? 0.18 : 1) * (1 - 0.6 * dateOf(day).tet);

/**
 * A one-stop desk. Of its dossiers most come over the network, by night and at weekends too; the others are brought in
 * office hours, where people wait. Online and on-time dossiers are among those received, so never more.
 */
export function serviceDesk({ field, level, weight }: ServiceDesk, weather: LocalWeather): Script {
  const { perHour, online, hours } = FIELDS[field];
  const share = between(0, 1, online + (level === 4 ? 0.02 : -0.02));
  return ({ now, city, drift, elapsed, random }) => {
    const usual = (perHour * weight * elapsed * rush(city) * (1 + 0.12 * drift)) / 3_600;
    const open = countersOpen(city);
    const dry = 1 - 0.3 * weather.wet(now);
    const fromNetwork = events(usual * share * NETWORK.at(city.hour) * rest(city), random);
    // The counters' hours are fewer, so their hours are fuller: the shares hold over a week.
    const brought = open ? events(usual * (1 - share) * COUNTER.at(city.hour) * 1.55 * dry, random) : 0;
    const received = fromNetwork + brought;
    const waiting = open
      ? perHour * weight * COUNTER.at(city.hour) * rush(city) * dry * (level === 4 ? 0.55 : 0.95)
      : 0;
    const strain = between(0, 1, waiting / 16);
    return {
      values: {
        dossiers_received: received,
        dossiers_online: fromNetwork,
        dossiers_on_time: part(received, between(0.85, 0.995, 0.985 - 0.02 * strain + 0.006 * drift), random),
        processing_time: rounded(
          between(0.5, 1_000, hours * (level === 4 ? 0.85 : 1.1) * Math.exp(0.12 * drift + 0.1 * strain)),
        ),
        counter_queue: open ? events(Math.max(0, waiting * (1 + 0.2 * drift)), random) : 0,
      },
    };
  };
}

export interface Registry {
  /** Records of its people at the beginning of 2026. */
  readonly records: number;
  /** Share of them that had been digitised by then, 0 to 1. */
  readonly digitised: number;
  /** Share of what is left that is digitised in a year. */
  readonly pace: number;
}

/** 2026-01-01 in the city. */
const BEGINNING = Date.UTC(2026, 0) - CITY_OFFSET_MS;
const YEAR = 365.25 * DAY_MS;
/** Every year so many new records come to a thousand, born digital. */
const NEW_RECORDS = 0.017;

/** Civil records: what is left on paper becomes less, fast at first; never more digitised than there are. */
export function civilRegistry({ records, digitised, pace }: Registry): Script {
  return ({ now }) => {
    const years = (now - BEGINNING) / YEAR;
    const total = Math.round(records * Math.exp(NEW_RECORDS * years));
    const paper = Math.min(total, records * (1 - digitised) * Math.exp(-pace * years));
    return {
      values: { records_digitised: Math.max(0, Math.min(total, Math.floor(total - paper))), records_total: total },
    };
  };
}
