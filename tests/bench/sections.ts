import type { Section } from './section.ts';
import { fleet } from './sections/fleet.ts';
import { footprint } from './sections/footprint.ts';
import { formats } from './sections/formats.ts';
import { queries } from './sections/queries.ts';
import { throughput } from './sections/throughput.ts';

/** Everything that `npm run bench` measures, in this order. */
export const SECTIONS: readonly Section[] = [throughput, queries, footprint, fleet, formats];
