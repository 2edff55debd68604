import type { SightRhythm } from '../model/places/sights.ts';
import type { CityTime } from './city-time.ts';

/** How much goes on over a day as "hour:level" pairs, hours rising and levels 0 to 1; linear between, and the day is a circle. */
function curve(rows: string): readonly (readonly [hour: number, level: number])[] {
  return rows.split(' ').map((row) => {
    const [hour = Number.NaN, level = Number.NaN] = row.split(':').map(Number);
    return [hour, level] as const;
  });
}
type Curve = ReturnType<typeof curve>;

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

/** The level of a curve at an hour of 0 up to 24. */
function levelAt(rows: Curve, hour: number): number {
  const next = rows.findIndex(([at]) => at > hour);
  const after = rows[next === -1 ? 0 : next] ?? [0, 0];
  const before = rows.at(next === -1 ? -1 : next - 1) ?? [0, 0];
  const span = (after[0] - before[0] + 24) % 24 || 24;
  return before[1] + ((after[1] - before[1]) * ((hour - before[0] + 24) % 24)) / span;
}

const ofDay = (curves: { workday: Curve; weekend: Curve }, { hour, weekend }: CityTime) =>
  levelAt(weekend ? curves.weekend : curves.workday, hour);

/** Traffic demand, 0 to 1: the rush hours are 7 to 9 and 16:30 to 19 on workdays. */
export const roadDemand = (time: CityTime): number => ofDay(ROADS, time);

/** Share of a car park that is taken, 0 to 1. */
export const parkingShare = (use: 'work' | 'leisure', time: CityTime): number => ofDay(CAR_PARKS[use], time);

/** How many of a sight's usual visitors are there, 0 to 1, and none outside its hours. */
export function sightShare(rhythm: SightRhythm, opens: number, closes: number, time: CityTime): number {
  if (time.hour < opens || time.hour >= closes) return 0;
  return levelAt(SIGHTS[rhythm], time.hour) * (time.weekend ? 1 : 0.7);
}

/** Walkers against a street's height, 0 to 1. */
export const walkShare = (evening: boolean, time: CityTime): number =>
  levelAt(evening ? WALKS.evening : WALKS.day, time.hour) * (time.weekend && evening ? 1 : 0.75);

/** The streets around Hoàn Kiếm belong to walkers from Friday 19:00 to Sunday midnight. */
export const walkingStreets = ({ weekday, hour, weekend }: CityTime): boolean =>
  weekend || (weekday === 5 && hour >= 19);

/** How busy a hospital's doors are, 0 to 1: mornings are. */
export const hospitalLoad = (time: CityTime): number => ofDay(HOSPITALS, time);

/** Buses run from 5:00 to 22:30. */
export const busesRun = ({ hour }: CityTime): boolean => hour >= 5 && hour < 22.5;
