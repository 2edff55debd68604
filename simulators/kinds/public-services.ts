import type { Position } from '../../model/geometry.ts';
import { DESK_WARDS, FIELDS, FIRST_DIGITISED, type Field } from '../../model/places/offices.ts';
import { WARDS, wardOf } from '../../model/places/wards.ts';
import { drawOf } from '../draws.ts';
import { civilRegistry, serviceDesk } from '../public-services.ts';
import { inRow } from '../way.ts';
import { type FleetKind, type Role, weightOf } from './role.ts';

const FIELD_IDS: readonly Field[] = ['justice', 'tax', 'social-insurance', 'urban-management', 'business-registration'];
const SERVICES = ([4, 3] as const).flatMap((level) => FIELD_IDS.map((field) => ({ field, level })));

/** Every ward has all services in the end; the first desks are of another service from ward to ward. */
const desks: readonly Role[] = SERVICES.flatMap((_, round) =>
  DESK_WARDS.flatMap((ward, i) => {
    const service = (i + round) % SERVICES.length;
    const { field, level } = SERVICES[service] ?? { field: 'justice', level: 4 };
    const [, , vi, , , lon, lat] = wardOf(ward);
    return {
      place: `${ward}-${field}-${level}`,
      name: `Một cửa ${vi}: ${FIELDS[field]} (mức độ ${level})`,
      at: { position: inRow([lon, lat], service), tags: { ward, field, level: String(level) } },
      script: ({ seed, weather }) => serviceDesk({ field, level, weight: weightOf(seed) }, weather),
    } satisfies Role;
  }),
);

/** Where a ward's people have not been counted. */
const POPULATION = 24_000;
/** Births, marriages, deaths and the rest that a ward keeps for each of its people. */
const RECORDS_EACH = 1.6;

const first = new Set(FIRST_DIGITISED);
const registries = [...new Set([...FIRST_DIGITISED, ...DESK_WARDS, ...WARDS.map(([id]) => id)])].map(wardOf);

export const PUBLIC_SERVICES: readonly FleetKind[] = [
  { domain: 'public-services', kind: 'service-desk', share: 52, roles: desks },
  {
    domain: 'public-services',
    kind: 'civil-registry',
    share: 18,
    roles: registries.map(([ward, , vi, , population, lon, lat]) => ({
      place: ward,
      name: `Hộ tịch ${vi}`,
      at: { position: inRow([lon, lat], -1) satisfies Position, tags: { ward } },
      script: ({ seed }) =>
        civilRegistry({
          records: Math.round((population ?? POPULATION) * RECORDS_EACH * (0.9 + 0.2 * drawOf(seed, 'records'))),
          digitised: first.has(ward) ? 0.93 + 0.05 * drawOf(seed, 'digitised') : 0.3 + 0.45 * drawOf(seed, 'digitised'),
          pace: 0.25 + 0.35 * drawOf(seed, 'pace'),
        }),
    })),
  },
];
