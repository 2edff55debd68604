/** How long until now a figure of a profile covers. An index is told of its newest hour. */
export const PROFILE_SPANS = ['PT1H', 'P1D'] as const;
export type ProfileSpan = (typeof PROFILE_SPANS)[number];

/** A figure that an area's profile tells, measured or derived. */
export interface ProfileRow {
  readonly metric: string;
  readonly over: ProfileSpan;
}

/** What an area's profile tells, in this order within each domain. Adding a figure is adding its row here. */
export const PROFILE: readonly ProfileRow[] = [
  { metric: 'mean_speed', over: 'PT1H' },
  { metric: 'vehicle_count', over: 'PT1H' },
  { metric: 'occupancy', over: 'PT1H' },
  { metric: 'queue_length', over: 'PT1H' },
  { metric: 'parking_free', over: 'PT1H' },
  { metric: 'bus_delay', over: 'PT1H' },

  { metric: 'vn_aqi', over: 'PT1H' },
  { metric: 'pm2_5', over: 'P1D' },
  { metric: 'air_temperature', over: 'PT1H' },
  { metric: 'rain_rate', over: 'PT1H' },

  { metric: 'bed_occupancy', over: 'PT1H' },
  { metric: 'beds_total', over: 'PT1H' },
  { metric: 'icu_free', over: 'PT1H' },
  { metric: 'er_waiting_time', over: 'PT1H' },

  { metric: 'co2', over: 'PT1H' },
  { metric: 'attendance_rate', over: 'P1D' },
  { metric: 'energy_use', over: 'P1D' },

  { metric: 'visitor_count', over: 'P1D' },
  { metric: 'crowding', over: 'PT1H' },
  { metric: 'hotel_occupancy', over: 'P1D' },
  { metric: 'noise_level', over: 'P1D' },

  { metric: 'dossiers_received', over: 'P1D' },
  { metric: 'share_online', over: 'P1D' },
  { metric: 'share_on_time', over: 'P1D' },
  { metric: 'processing_time', over: 'P1D' },
  { metric: 'counter_queue', over: 'PT1H' },

  { metric: 'link_utilisation', over: 'PT1H' },
  { metric: 'link_latency', over: 'PT1H' },
  { metric: 'power_draw', over: 'PT1H' },
  { metric: 'cpu_load', over: 'PT1H' },
  { metric: 'failed_logins', over: 'P1D' },
];
