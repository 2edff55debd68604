/** The windows a chart may be made of, by their length in seconds. */
export const WINDOWS = { '5m': 300, '15m': 900, '1h': 3_600, '1d': 86_400 } as const;
export type ChartWindow = keyof typeof WINDOWS;
const LADDER = ['5m', '15m', '1h', '1d'] as const satisfies readonly ChartWindow[];

/** A line of windows may be finer than the pixels: its band then shows the course within the day, where days would not. */
const WINDOWS_PER_PIXEL = 3;
/** Raw data are kept so long by the city's usual settings, ms; older ones are told by whole hours. */
export const RAW_KEPT_MS = 90 * 86_400_000;

/** What a chart is made of: the observations themselves, or windows of so long. */
export type Resolution = 'raw' | ChartWindow;

/** What the choice goes by; times in ms, `interval` in seconds. */
export interface ResolutionQuestion {
  readonly from: number;
  readonly to: number;
  readonly now: number;
  /** Expected seconds between two reports. */
  readonly interval: number;
  /** How wide the plot is, CSS pixels. */
  readonly pixels: number;
  /** Whether there are observations to show: a ward and a derived metric have none. */
  readonly raw: boolean;
  /** The shortest window the figure is told by. */
  readonly least?: ChartWindow;
}

/** Observations while there are no more of them than pixels, else the shortest windows that still make sense. */
export function resolutionFor(question: ResolutionQuestion): Resolution {
  const { from, to, now, interval, pixels, raw, least = '5m' } = question;
  const seconds = (to - from) / 1_000;
  const archived = from < now - RAW_KEPT_MS;
  if (raw && !archived && seconds / interval <= pixels) return 'raw';
  const shortest = Math.max(interval, WINDOWS[least], archived ? WINDOWS['1h'] : 0);
  const fits = (window: ChartWindow) =>
    WINDOWS[window] >= shortest && seconds / WINDOWS[window] <= WINDOWS_PER_PIXEL * pixels;
  return LADDER.find(fits) ?? '1d';
}

/** The coarsest of several: what is compared stands on one grid. */
export function coarsest(resolutions: readonly Resolution[]): Resolution {
  return LADDER.findLast((window) => resolutions.includes(window)) ?? 'raw';
}
