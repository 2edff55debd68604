import { EDUCATION } from './kinds/education.ts';
import { ENVIRONMENT } from './kinds/environment.ts';
import { HEALTH } from './kinds/health.ts';
import { ICT } from './kinds/ict.ts';
import { PUBLIC_SERVICES } from './kinds/public-services.ts';
import type { FleetKind } from './kinds/role.ts';
import { TOURISM } from './kinds/tourism.ts';
import { TRAFFIC } from './kinds/traffic.ts';

/** What the simulated city is made of. Adding a domain is adding its file here. */
export const FLEET_KINDS: readonly FleetKind[] = [
  ...TRAFFIC,
  ...ENVIRONMENT,
  ...HEALTH,
  ...EDUCATION,
  ...TOURISM,
  ...PUBLIC_SERVICES,
  ...ICT,
];
