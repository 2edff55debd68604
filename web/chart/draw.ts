import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { createTicks } from './axis.ts';
import { followGestures } from './gestures.ts';
import { drawGaps, drawLetters, drawLevels, drawMarks, drawMoment, drawWords, FONT } from './overlays.ts';
import type { Range } from './range.ts';
import type { DrawnPlot, PlotSeries, PlotSpec } from './spec.ts';
import { columnsOf } from './track.ts';

/** Up to so many observations for each pixel, every one is drawn as a point too. */
const POINTS_PER_PIXEL = 1 / 9;
/** A shorter drag is a click with an unsteady hand, CSS pixels. */
const SHORTEST_DRAG = 6;

/** Values between two gaps: no line leads through them, so they are drawn as points. */
function lonely(values: ArrayLike<number | null | undefined>): number[] {
  const known = Array.from(values, (value, i) => ({ value, i })).filter(({ value }) => value !== undefined);
  return known.flatMap(({ value, i }, at) =>
    value !== null && (known[at - 1]?.value ?? null) === null && (known[at + 1]?.value ?? null) === null ? [i] : [],
  );
}

/** uPlot's mode of joining in which a gap also swallows the times that only other series have. */
const GAPS_EXPAND = 2;

/** The columns of all series on one axis of time. */
function tableOf({ series, band }: PlotSpec): uPlot.AlignedData {
  const tables = series.map(({ track }): uPlot.AlignedData => {
    const { times, line, lows, highs } = columnsOf(track);
    return band ? [[...times], [...line], [...lows], [...highs]] : [[...times], [...line]];
  });
  return uPlot.join(
    tables,
    tables.map((table) => Array.from(table, () => GAPS_EXPAND)),
  );
}

function lineOf({ stroke, dash, track }: PlotSeries, pixels: number): uPlot.Series {
  const few = track.resolution === 'raw' && track.points.length <= pixels * POINTS_PER_PIXEL;
  return {
    stroke,
    dash: [...dash],
    width: 2,
    spanGaps: false,
    points: {
      show: true,
      size: few ? 4 : 5,
      fill: stroke,
      ...(few ? {} : { filter: (plot: uPlot, index: number) => lonely(plot.data[index] ?? []) }),
    },
  };
}

function axesOf({ palette, format, language }: PlotSpec): uPlot.Axis[] {
  const axis = {
    stroke: palette.text,
    font: FONT,
    grid: { stroke: palette.rule, width: 1 },
    ticks: { show: false },
  };
  const ticks = createTicks(language, format.timezone);
  return [
    { ...axis, values: (_, times, _axis, _space, step) => ticks(times, step), space: 58, size: 38 },
    { ...axis, values: (_, values, _axis, _space, step) => values.map((value) => format.tick(value, step)), size: 46 },
  ];
}

/** Draws a plot into `target`; it keeps to the target's width until it is removed. */
export function drawPlot(target: HTMLElement, spec: PlotSpec): DrawnPlot {
  const { format, palette, height } = spec;
  let drawn: Range = { from: spec.from, to: spec.to };
  let moment: number | null = null;
  const edge = { stroke: 'transparent', width: 0, spanGaps: false, points: { show: false } };
  const now = (): PlotSpec => ({ ...spec, ...drawn });
  const plot = new uPlot(
    {
      width: target.clientWidth,
      height,
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1_000), format.timezone),
      legend: { show: false },
      cursor: {
        y: false,
        drag: { x: true, y: false, setScale: false },
        points: { size: 7 },
        bind: {
          dblclick: () => () => {
            spec.reset();
            return null;
          },
        },
      },
      padding: [10, 14, 0, 0],
      axes: axesOf(spec),
      scales: {
        x: { range: () => [drawn.from / 1_000, drawn.to / 1_000] },
        y: { range: (_, low, high) => uPlot.rangeNum(low, high, 0.12, true) },
      },
      series: [
        {},
        ...spec.series.flatMap((each) => {
          const line = lineOf(each, target.clientWidth);
          return spec.band ? [line, edge, edge] : [line];
        }),
      ],
      bands: spec.band ? [{ series: [3, 2], fill: palette.band }] : [],
      hooks: {
        drawClear: [(drawing) => drawLevels(drawing, now()), (drawing) => drawGaps(drawing, now())],
        draw: [
          (drawing) => drawWords(drawing, now()),
          (drawing) => drawMarks(drawing, now()),
          (drawing) => drawLetters(drawing, now()),
          (drawing) => drawMoment(drawing, moment, now()),
        ],
        setCursor: [
          ({ cursor: { left = -1, event }, posToVal }) => {
            // A plot that is drawn anew begins without a cursor: only the reader takes it away.
            if (left >= 0) spec.pointed(posToVal(left, 'x') * 1_000);
            else if (event) spec.pointed(null);
          },
        ],
        setSelect: [
          ({ select: { left, width }, posToVal }) => {
            if (width < SHORTEST_DRAG) return;
            const range = { from: posToVal(left, 'x') * 1_000, to: posToVal(left + width, 'x') * 1_000 };
            plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
            spec.zoom(range);
          },
        ],
      },
    },
    tableOf(spec),
    target,
  );
  const leave = followGestures(plot, {
    range: () => drawn,
    preview(range) {
      drawn = range;
      plot.setScale('x', { min: range.from / 1_000, max: range.to / 1_000 });
    },
    commit: () => spec.zoom(drawn),
  });
  const resized = new ResizeObserver(() => plot.setSize({ width: target.clientWidth, height }));
  resized.observe(target);
  return {
    point: (at) =>
      plot.setCursor({ left: at === null ? -10 : plot.valToPos(at / 1_000, 'x'), top: at === null ? -10 : 1 }, false),
    show(at) {
      moment = at;
      plot.redraw(false, false);
    },
    remove() {
      resized.disconnect();
      leave();
      plot.destroy();
    },
  };
}
