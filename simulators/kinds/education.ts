import type { Position } from '../../model/geometry.ts';
import { SCHOOLS } from '../../model/places/schools.ts';
import { school } from '../education.ts';
import { type FleetKind, weightOf } from './role.ts';

export const EDUCATION: readonly FleetKind[] = [
  {
    domain: 'education',
    kind: 'school',
    share: 60,
    roles: SCHOOLS.map(([place, name, pupils, saturdays, lon, lat]) => ({
      place,
      name,
      at: { position: [lon, lat] satisfies Position },
      script: ({ seed, weather }) => school({ pupils, saturdays, weight: weightOf(seed), seed }, weather),
    })),
  },
];
