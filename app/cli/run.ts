import type { CityClient } from './city-client.ts';
import type { Output } from './output.ts';

/** Makes a command's action of what it does with a city: finds the city, does it, lets the city go. */
export type Run = <Given extends readonly unknown[]>(
  act: (city: CityClient, out: Output, ...given: Given) => Promise<void>,
) => (...given: Given) => Promise<void>;
