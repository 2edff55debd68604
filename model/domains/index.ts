import type { Domain } from '../domain.ts';
import { education } from './education.ts';
import { environment } from './environment.ts';
import { health } from './health.ts';
import { ict } from './ict.ts';
import { publicServices } from './public-services.ts';
import { tourism } from './tourism.ts';
import { traffic } from './traffic.ts';

/** The city's domains, in the order they are shown. Adding one is adding its file here. */
export const DOMAINS: readonly Domain[] = [traffic, environment, health, education, tourism, publicServices, ict];
