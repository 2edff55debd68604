import type { Position } from '../../model/geometry.ts';
import { DATA_CENTRE, DEPARTMENTS, DESK_WARDS } from '../../model/places/offices.ts';
import { wardOf } from '../../model/places/wards.ts';
import { drawOf } from '../draws.ts';
import { networkLink, securityGateway, serverRack, ups } from '../ict.ts';
import { arc, inRow, metres } from '../way.ts';
import { type FleetKind, weightOf } from './role.ts';

const [lon, lat] = DATA_CENTRE.position;

/** The halls of the data centre stand in rows, some metres apart: `row` north of it, `n` east. */
const hall = (row: number, n: number): Position => inRow([lon, Number((lat + row * 0.00008).toFixed(6))], n);

const count = (n: number) => Array.from({ length: n }, (_, i) => i + 1);
const RACKS = ['a', 'b', 'c'].flatMap((row) => count(8).map((n) => `${row}${n}`));
const GATEWAYS = [
  ['cong-dich-vu-cong', 'Cổng dịch vụ công'],
  ['lgsp', 'Trục liên thông (LGSP)'],
  ['thu-dien-tu', 'Thư điện tử công vụ'],
  ['vpn', 'VPN cán bộ'],
  ['mot-cua', 'Hệ thống một cửa'],
  ['api', 'Cổng API dữ liệu mở'],
  ['iot', 'Cổng IoT'],
  ['camera', 'Cổng camera'],
] as const;

type End = readonly [id: string, vi: string, at: Position];

const ends: readonly End[] = [
  ...DEPARTMENTS.map(([id, vi, east, north]): End => [id, vi, [east, north]]),
  ...DESK_WARDS.map((ward): End => {
    const [id, , vi, , , east, north] = wardOf(ward);
    return [`phuong-xa-${id}`, `UBND ${vi}`, [east, north]];
  }),
];

export const ICT: readonly FleetKind[] = [
  {
    domain: 'ict',
    kind: 'server-rack',
    share: 9,
    roles: RACKS.map((rack, i) => ({
      place: `${DATA_CENTRE.id}-${rack}`,
      name: `${DATA_CENTRE.vi}, tủ ${rack.toUpperCase()}`,
      at: { position: hall(Math.floor(i / 8), i % 8) },
      script: ({ seed, weather }) => serverRack(weightOf(seed), weather),
    })),
  },
  {
    domain: 'ict',
    kind: 'ups',
    share: 4,
    roles: count(6).map((n) => ({
      place: `${DATA_CENTRE.id}-${n}`,
      name: `${DATA_CENTRE.vi}, bộ lưu điện ${n}`,
      at: { position: hall(-1, n) },
      script: ({ seed, city, weather }) => ups(weightOf(seed), city, weather),
    })),
  },
  {
    domain: 'ict',
    kind: 'security-gateway',
    share: 6,
    roles: GATEWAYS.map(([place, vi], i) => ({
      place,
      name: `Cổng bảo mật: ${vi}`,
      at: { position: hall(3, i) },
      script: ({ seed }) => securityGateway(weightOf(seed), seed),
    })),
  },
  {
    domain: 'ict',
    kind: 'network-link',
    share: 26,
    roles: ends.map(([place, vi, at], i) => ({
      place,
      name: `Đường truyền ${vi}`,
      at: {
        geometry: { type: 'LineString', coordinates: arc([lon, lat], at, i % 2 === 0 ? 0.08 : -0.08) },
        tags: { to: place },
      },
      script: ({ seed, weather }) =>
        networkLink(metres([lon, lat], at) / 1_000, 0.75 + 0.45 * drawOf(seed, 'use'), seed, weather),
    })),
  },
];
