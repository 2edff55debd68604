import type { Area } from '../area.ts';
import { OUTLINE } from './outline.ts';

/** The city itself, by its simplified outline; the point is Hoàn Kiếm lake. © OpenStreetMap contributors, ODbL. */
export const CITY: Area = {
  id: 'hanoi',
  level: 'city',
  kind: 'city',
  name: { vi: 'Hà Nội', en: 'Hanoi' },
  population: null,
  point: [105.8524, 21.0287],
  approximate: true,
  geometry: { type: 'Polygon', coordinates: [[...OUTLINE]] },
};
