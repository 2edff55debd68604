import type { Domain } from '../domain.ts';
import { health } from './health.ts';
import { tourism } from './tourism.ts';
import { traffic } from './traffic.ts';

/** Every domain of the city. A new one is a file of rows and its name here. */
export const DOMAINS: readonly Domain[] = [traffic, tourism, health];
