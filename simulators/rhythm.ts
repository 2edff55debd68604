import type { SightRhythm } from '../model/places/sights.ts';
import { dateOf } from './calendar.ts';
import type { CityTime } from './city-time.ts';
import { type Curve, curve } from './curve.ts';

const ROADS = {
  workday: curve(
    '0:.08 3:.03 5:.15 6.5:.6 7:.9 8:1 9:.85 10:.6 11.5:.68 13:.52 15:.58 16.5:.85 17.5:1 19:.82 20:.55 22:.28',
  ),
  weekend: curve('0:.14 3:.04 6:.18 8:.45 10:.62 12:.58 14:.55 17:.75 19:.8 21:.6 23:.28'),
};
const CAR_PARKS = {
  work: { workday: curve('0:.2 6:.25 8:.8 9.5:.95 12:.85 13.5:.95 17:.75 19:.4'), weekend: curve('0:.2 9:.4 17:.4') },
  leisure: {
    workday: curve('0:.1 8:.2 11:.45 14:.45 18:.75 20:.9 22:.4'),
    weekend: curve('0:.12 8:.3 10:.75 15:.9 20:.97 22:.5'),
  },
};
const SIGHTS: Readonly<Record<SightRhythm, Curve>> = {
  gated: curve('0:0 7:.2 9.5:.75 11:.7 12.5:.4 15:.8 16.5:.6 19:0'),
  open: curve('0:.02 5:.2 7:.4 10:.7 12:.55 16:.75 18:.7 21:.3'),
  evening: curve('0:.12 2:.02 6:.18 9:.3 14:.35 17:.55 19.5:.95 20.5:1 22:.7'),
};
const WALKS = {
  day: curve('0:.04 3:.01 6:.25 8:.7 10:.75 12:.85 14:.7 17.5:1 20:.6 22:.25'),
  evening: curve('0:.12 3:.01 7:.25 10:.45 12:.5 15:.5 18:.75 20:1 22:.65'),
};
const HOSPITALS = {
  workday: curve('0:.2 5:.2 7:.75 9:1 11:.85 13:.6 14.5:.75 17:.45 20:.4'),
  weekend: curve('0:.25 5:.2 9:.6 12:.5 20:.55'),
};

/** The school run: it fills the roads a little before the lessons and a little after. */
const SCHOOL_RUN = curve('0:0 6:0 6.7:1 7.6:1 8.4:0 16:0 16.5:1 17.4:1 18.2:0');
const OFFICES = curve('0:.03 6.5:.04 7.5:.5 8.5:.95 10.5:1 11.5:.7 12:.3 13:.5 14:.95 16:.85 17:.4 18:.12 21:.06');

/** Public holidays go like Sundays. */
const ofDay = (curves: { workday: Curve; weekend: Curve }, { hour, day }: CityTime) =>
  (dateOf(day).dayOff ? curves.weekend : curves.workday).at(hour);

/** Traffic demand, 0 to 1: the rush hours are 7 to 9 and 16:30 to 19 on workdays, and at Tết the streets are empty. */
export function roadDemand(time: CityTime): number {
  const { schoolDay, dayOff, tet } = dateOf(time.day);
  const withoutSchools = schoolDay || dayOff ? 1 : 1 - 0.14 * SCHOOL_RUN.at(time.hour);
  return ofDay(ROADS, time) * withoutSchools * (1 - 0.65 * tet);
}

/** Share of a car park that is taken, 0 to 1. */
export const parkingShare = (use: 'work' | 'leisure', time: CityTime): number =>
  ofDay(CAR_PARKS[use], time) * (1 - 0.4 * dateOf(time.day).tet);

/** How many of a sight's usual visitors are there, 0 to 1, and none outside its hours. */
export function sightShare(rhythm: SightRhythm, opens: number, closes: number, time: CityTime): number {
  if (time.hour < opens || time.hour >= closes) return 0;
  return SIGHTS[rhythm].at(time.hour) * (dateOf(time.day).dayOff ? 1 : 0.7);
}

/** Walkers against a street's height, 0 to 1. */
export const walkShare = (evening: boolean, time: CityTime): number =>
  (evening ? WALKS.evening : WALKS.day).at(time.hour) * (dateOf(time.day).dayOff && evening ? 1 : 0.75);

/** The streets around Hoàn Kiếm belong to walkers from Friday 19:00 to Sunday midnight. */
export const walkingStreets = ({ weekday, hour, weekend }: CityTime): boolean =>
  weekend || (weekday === 5 && hour >= 19);

/** How busy a hospital's doors are, 0 to 1: mornings are. */
export const hospitalLoad = (time: CityTime): number => ofDay(HOSPITALS, time);

/** Buses run from 5:00 to 22:30. */
export const busesRun = ({ hour }: CityTime): boolean => hour >= 5 && hour < 22.5;

/** How much goes on in offices and their networks, 0 to 1. */
export function officeLoad(time: CityTime): number {
  const { dayOff, tet } = dateOf(time.day);
  return OFFICES.at(time.hour) * (dayOff ? 0.15 : 1) * (1 - 0.5 * tet);
}

/** Counters are open 7:30 to 11:30 and 13:00 to 17:00, Monday to Friday but for public holidays. */
export const countersOpen = ({ hour, day }: CityTime): boolean =>
  !dateOf(day).dayOff && ((hour >= 7.5 && hour < 11.5) || (hour >= 13 && hour < 17));
