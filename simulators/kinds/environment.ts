import type { Position } from '../../model/geometry.ts';
import { AIR_STATIONS } from '../../model/places/air-stations.ts';
import { RAIN_GAUGE_WARDS, RIVER_GAUGES, RIVERS } from '../../model/places/gauges.ts';
import { wardOf } from '../../model/places/wards.ts';
import { airStation, rainGauge, riverGauge } from '../environment.ts';
import { type FleetKind, weightOf } from './role.ts';

export const ENVIRONMENT: readonly FleetKind[] = [
  {
    domain: 'environment',
    kind: 'air-station',
    share: 17,
    roles: AIR_STATIONS.map(([place, vi, openaq, lon, lat]) => ({
      place,
      name: `Trạm không khí ${vi}`,
      at: { position: [lon, lat] satisfies Position, tags: { openaq: String(openaq) } },
      script: ({ seed, weather }) => airStation(weightOf(seed), weather),
    })),
  },
  {
    domain: 'environment',
    kind: 'rain-gauge',
    share: 20,
    roles: RAIN_GAUGE_WARDS.map((ward) => {
      const [place, , vi, , , lon, lat] = wardOf(ward);
      return {
        place,
        name: `Trạm đo mưa ${vi}`,
        at: { position: [lon, lat] satisfies Position, tags: { ward } },
        script: ({ weather }) => rainGauge(weather),
      };
    }),
  },
  {
    domain: 'environment',
    kind: 'river-gauge',
    share: 18,
    roles: RIVER_GAUGES.map(([place, vi, river, dry, lon, lat]) => ({
      place: `${river}-${place}`,
      name: `${RIVERS[river].vi} – ${vi}`,
      at: { position: [lon, lat] satisfies Position, tags: { river } },
      script: ({ city, weather }) => riverGauge(river, dry, city, weather),
    })),
  },
];
