import { BUS_ROUTES } from '../../model/places/bus-routes.ts';
import { lineOf } from '../../model/places/line.ts';
import { wayOf } from '../way.ts';

/** The city's bus routes, measured for what moves along them: the buses, and the ambulances of the same streets. */
export const BUS_WAYS = BUS_ROUTES.map(([number, vi, line]) => ({ number, vi, way: wayOf(lineOf(line)) }));
