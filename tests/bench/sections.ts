import type { Section } from './section.ts';
import { fleet } from './sections/fleet.ts';
import { footprint } from './sections/footprint.ts';
import { formats } from './sections/formats.ts';
import { neighbours } from './sections/neighbours.ts';
import { overload } from './sections/overload.ts';
import { page } from './sections/page.ts';
import { queries } from './sections/queries.ts';
import { recovery } from './sections/recovery.ts';
import { retention } from './sections/retention.ts';
import { throughput } from './sections/throughput.ts';
import { transports } from './sections/transports.ts';

/** Everything that `npm run bench` measures, in this order. */
export const SECTIONS: readonly Section[] = [
  throughput,
  transports,
  recovery,
  queries,
  retention,
  footprint,
  fleet,
  formats,
  neighbours,
  overload,
  page,
];
