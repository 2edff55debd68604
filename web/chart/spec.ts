import type { Band } from '../../model/level.ts';
import type { Language } from '../../model/text.ts';
import type { Format } from '../i18n/format.ts';
import type { ChartPalette } from './colours.ts';
import type { Range } from './range.ts';
import type { Track } from './track.ts';

/** One line of a plot. */
export interface PlotSeries {
  readonly track: Track;
  readonly stroke: string;
  /** Lengths of dash and space; none: an unbroken line. */
  readonly dash: readonly number[];
  /** What it is called where it is compared. */
  readonly letter?: string;
}

/** What is drawn, and who is told what the reader does with it. */
export interface PlotSpec extends Range {
  readonly series: readonly PlotSeries[];
  readonly palette: ChartPalette;
  readonly format: Format;
  readonly language: Language;
  readonly thresholds: readonly Band[];
  /** Whether the band from least to greatest is drawn. */
  readonly band: boolean;
  /** When messages went into the quarantine, ms. */
  readonly quarantined: readonly number[];
  readonly words: { readonly gap: string };
  /** CSS pixels. */
  readonly height: number;
  /** The moment that is pointed at, ms; null for none. */
  pointed(at: number | null): void;
  /** The reader wants to see this range. */
  zoom(range: Range): void;
  /** The reader wants to see what was shown at first. */
  reset(): void;
}

/** A plot that is drawn. */
export interface DrawnPlot {
  /** Points at a moment (ms) as a mouse would, without telling; null: at none. */
  point(at: number | null): void;
  /** The moment that the city is shown at, null while it is live. */
  show(moment: number | null): void;
  /** Takes it off again. */
  remove(): void;
}
