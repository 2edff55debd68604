import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { Band } from '../../model/level.ts';
import type { Format } from '../i18n/format.ts';
import type { Palette } from '../map/palette.ts';
import { boundedBands } from '../state/scale.ts';
import type { Series } from '../state/series.ts';

/** What a chart is drawn with besides its figures. */
export interface ChartLook {
  readonly palette: Palette;
  readonly format: Format;
  readonly thresholds: readonly Band[];
  /** Whether the band from least to greatest value means something: it does not for sums. */
  readonly spread: boolean;
  readonly unit: string;
  /** Called with the window of the series that is pointed at, null for none. */
  pointed(index: number | null): void;
}

/** A chart that is drawn. */
export interface DrawnChart {
  /** Points at a window of the series, as a mouse would. */
  point(index: number): void;
  /** Takes it off again. */
  remove(): void;
}

const HEIGHT = 190;
const FONT = '11px "Be Vietnam Pro", sans-serif';

/** The levels as a strip along the left edge of the plot, so that a line's height can be read as a level. */
function drawLevels(plot: uPlot, { palette, thresholds }: ChartLook): void {
  const { ctx, bbox } = plot;
  const y = (value: number) => Math.max(bbox.top, Math.min(bbox.top + bbox.height, plot.valToPos(value, 'y', true)));
  ctx.save();
  for (const { level, low, high } of boundedBands({ thresholds: [...thresholds] })) {
    const bottom = low === null ? bbox.top + bbox.height : y(low);
    const top = high === null ? bbox.top : y(high);
    ctx.fillStyle = palette.tones[level];
    ctx.globalAlpha = 0.1;
    ctx.fillRect(bbox.left, top, bbox.width, bottom - top);
    ctx.globalAlpha = 1;
    ctx.fillRect(bbox.left, top, 3 * window.devicePixelRatio, bottom - top);
  }
  ctx.restore();
}

/** Figures between two gaps: no line leads through them, so they are drawn as points. */
function lonely(values: readonly (number | null)[]): number[] {
  return values.flatMap((value, i) =>
    value !== null && (values[i - 1] ?? null) === null && (values[i + 1] ?? null) === null ? [i] : [],
  );
}

/** Draws a day into `target`. */
export function drawChart(target: HTMLElement, series: Series, look: ChartLook): DrawnChart {
  const { palette, format } = look;
  const axis = {
    stroke: palette.text,
    font: FONT,
    grid: { stroke: palette.border, width: 0.5 },
    ticks: { show: false },
  };
  const hour = new Intl.DateTimeFormat('en-GB', { timeZone: format.timezone, hour: '2-digit', minute: '2-digit' });
  const line = {
    stroke: palette.text,
    width: 2,
    spanGaps: false,
    points: { show: true, size: 5, fill: palette.text, filter: () => lonely(series.values) },
  };
  const edge = { stroke: 'transparent', width: 0, spanGaps: false, points: { show: false } };
  const plot = new uPlot(
    {
      width: target.clientWidth,
      height: HEIGHT,
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1_000), format.timezone),
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false }, points: { size: 6 } },
      padding: [10, 18, 0, 0],
      axes: [
        { ...axis, values: (_, times) => times.map((seconds) => hour.format(seconds * 1_000)), space: 58, size: 26 },
        {
          ...axis,
          values: (_, values, _axis, _space, step) => values.map((value) => format.tick(value, step)),
          size: 44,
        },
      ],
      scales: { y: { range: (_, low, high) => uPlot.rangeNum(low, high, 0.12, true) } },
      series: [{}, line, edge, edge],
      bands: look.spread ? [{ series: [3, 2], fill: `${palette.tones.unrated}40` }] : [],
      hooks: {
        drawClear: [(drawn) => drawLevels(drawn, look)],
        setCursor: [({ cursor: { idx, left = -1 } }) => look.pointed(left < 0 ? null : (idx ?? null))],
      },
    },
    [series.times, series.values, look.spread ? series.lows : [], look.spread ? series.highs : []],
    target,
  );
  const resized = new ResizeObserver(() => plot.setSize({ width: target.clientWidth, height: HEIGHT }));
  resized.observe(target);
  return {
    point(index) {
      const time = series.times[index];
      if (time !== undefined) plot.setCursor({ left: plot.valToPos(time, 'x'), top: 0 });
    },
    remove() {
      resized.disconnect();
      plot.destroy();
    },
  };
}
