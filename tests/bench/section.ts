/** How long and how much is measured. */
export interface BenchOptions {
  /** Seconds of each load. */
  readonly seconds: number;
  /** Whether what shows itself over time only is watched for half an hour, in place of five minutes. */
  readonly long: boolean;
  /** Observations stored for the queries. */
  readonly observations: number;
  /** Says what is being measured. */
  readonly progress: (line: string) => void;
}

/** A section of docs/performance.md, between the marks of its name, and how it is measured: in one run, side by side. */
export interface Section {
  readonly name: string;
  /** Lines of Markdown. */
  measure(options: BenchOptions): Promise<readonly string[]>;
}

export const whole = (value: number | undefined): string =>
  value === undefined ? '–' : Math.round(value).toLocaleString('en');

export const ratio = (a: number | undefined, b: number | undefined): string =>
  a === undefined || b === undefined ? '–' : (a / b).toFixed(2);

/** The value below which `share` (0 to 1) of the numbers lie; NaN of none. */
export function percentile(numbers: readonly number[], share: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
