import type { NewDevice, Provider } from '../model/device.ts';
import { type Geometry, type Position, representative } from '../model/geometry.ts';
import { CITY } from '../model/places/city.ts';
import { seedOf } from './draws.ts';
import type { FleetKind, Role } from './kinds/role.ts';
import { FLEET_KINDS } from './kinds.ts';
import type { SimulatedDevice } from './script.ts';
import { createWeather, type Weather } from './weather.ts';

/** Who answers for the simulated devices; its mark tells them from real ones wherever they are shown. */
export const SIMULATED_PROVIDER: Provider = {
  id: 'simulated-city',
  name: 'Thành phố mô phỏng (simulated city)',
  simulated: true,
};

/**
 * `count` devices of the simulated city, spread over the kinds by their shares. The same count and seed give the same
 * fleet, and a device of the same id behaves the same in a fleet of any size. Throws RangeError where `count` is no
 * natural number.
 */
export function planFleet(count: number, seed: number): SimulatedDevice[] {
  if (!Number.isSafeInteger(count) || count < 0) throw new RangeError(`${count} is no number of devices`);
  const weather = createWeather(seed);
  return apportion(
    FLEET_KINDS.map((kind) => kind.share),
    count,
  ).flatMap((size, i) => {
    const kind = FLEET_KINDS[i];
    return kind ? Array.from({ length: size }, (_, n) => deviceOf(kind, n, seed, weather)) : [];
  });
}

/** Splits `total` by shares so that the parts add up to it (largest remainder); of equal remainders the first wins. */
function apportion(shares: readonly number[], total: number): number[] {
  const sum = shares.reduce((a, b) => a + b, 0);
  const exact = shares.map((share) => (share * total) / sum);
  const parts = exact.map(Math.floor);
  const left = total - parts.reduce((a, b) => a + b, 0);
  const order = exact
    .map((part, i) => [part - Math.floor(part), i] as const)
    .sort((a, b) => b[0] - a[0] || a[1] - b[1]);
  const raised = new Set(order.slice(0, left).map(([, i]) => i));
  return parts.map((part, i) => (raised.has(i) ? part + 1 : part));
}

/** The `n`th device of a kind: places in order, then a second device at each, and so on. */
function deviceOf(kind: FleetKind, n: number, seed: number, weather: Weather): SimulatedDevice {
  const role = kind.roles[n % kind.roles.length];
  if (!role) throw new RangeError(`kind ${kind.kind} has no places`);
  const round = Math.floor(n / kind.roles.length);
  const id = `sim-${kind.kind}-${role.place}-${round + 1}`;
  const own = seedOf(seed, id);
  const device: NewDevice = {
    id,
    domain: kind.domain,
    kind: kind.kind,
    name: nameOf(role, round, kind.kind === 'bus' || kind.kind === 'ambulance'),
    provider: SIMULATED_PROVIDER.id,
    simulated: true,
    ...placed(role.at, round),
  };
  const script = role.script({ seed: own, city: seed, weather: weather.at(placeOf(role)) });
  return { device, script, seed: own };
}

const placeOf = ({ at, around }: Role): Position =>
  at.position ?? (at.geometry ? representative(at.geometry) : (around ?? CITY.point));

const nameOf = (role: Role, round: number, numbered: boolean) =>
  numbered || round > 0 ? `${role.name} – số ${round + 1}` : role.name;

/** Further devices of a place stand beside the first, on a spiral of sunflower seeds some 25 m apart; lines move along too. */
function placed(at: Role['at'], round: number): Role['at'] {
  if (round === 0) return at;
  const radius = 0.00022 * Math.sqrt(round);
  const angle = round * Math.PI * (3 - Math.sqrt(5));
  const beside = ([lon, lat]: Position): Position => [
    Number((lon + radius * Math.cos(angle)).toFixed(6)),
    Number((lat + radius * Math.sin(angle)).toFixed(6)),
  ];
  const moved = (geometry: Geometry): Geometry =>
    geometry.type === 'Point'
      ? { type: 'Point', coordinates: beside(geometry.coordinates) }
      : { type: 'LineString', coordinates: geometry.coordinates.map(beside) };
  return {
    ...at,
    ...(at.position ? { position: beside(at.position) } : {}),
    ...(at.geometry ? { geometry: moved(at.geometry) } : {}),
  };
}
