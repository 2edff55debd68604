import type uPlot from 'uplot';
import { LEVEL_NAMES } from '../../model/level.ts';
import { boundedBands } from '../state/scale.ts';
import { markOf, OUTLINES } from './marks.ts';
import type { PlotSpec } from './spec.ts';

export const FONT = '11px "Be Vietnam Pro", sans-serif';
/** A word needs so much room to stand in, CSS pixels. */
const [WORD_HEIGHT, WORD_WIDTH] = [15, 62];
const MARK_SIZE = 4;

/** Canvas pixels of a CSS pixel. */
const ratio = (): number => window.devicePixelRatio;
const fontOf = (): string => FONT.replace('11', String(11 * ratio()));

/** Pixels of a moment, held within the plot. */
function across(plot: uPlot, ms: number): number {
  const { left, width } = plot.bbox;
  return Math.max(left, Math.min(left + width, plot.valToPos(ms / 1_000, 'x', true)));
}

/** Pixels of a value, held within the plot. */
function up(plot: uPlot, value: number): number {
  const { top, height } = plot.bbox;
  return Math.max(top, Math.min(top + height, plot.valToPos(value, 'y', true)));
}

/** The levels with where each of them lies in the plot, from the lowest up. */
const levelsIn = (plot: uPlot, { thresholds }: PlotSpec) =>
  boundedBands({ thresholds: [...thresholds] }).map(({ level, low, high }) => ({
    level,
    bottom: low === null ? plot.bbox.top + plot.bbox.height : up(plot, low),
    top: high === null ? plot.bbox.top : up(plot, high),
  }));

/** The levels: a strip along the left edge, and a line at each bound. */
export function drawLevels(plot: uPlot, spec: PlotSpec): void {
  const { ctx, bbox } = plot;
  ctx.save();
  for (const { level, bottom, top } of levelsIn(plot, spec)) {
    ctx.fillStyle = spec.palette.tones[level];
    ctx.globalAlpha = 0.1;
    ctx.fillRect(bbox.left, top, bbox.width, bottom - top);
    ctx.globalAlpha = 1;
    ctx.fillRect(bbox.left, top, 3 * ratio(), bottom - top);
    if (top <= bbox.top || top >= bbox.top + bbox.height) continue;
    ctx.globalAlpha = 0.55;
    ctx.fillRect(bbox.left, top, bbox.width, ratio());
  }
  ctx.restore();
}

/** The words of the levels beside their strip, where there is room: over the line, so that they can be read. */
export function drawWords(plot: uPlot, spec: PlotSpec): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.font = fontOf();
  ctx.textAlign = 'left';
  ctx.textBaseline = 'middle';
  ctx.lineJoin = 'round';
  ctx.lineWidth = 3 * ratio();
  ctx.strokeStyle = spec.palette.paper;
  ctx.fillStyle = spec.palette.text;
  for (const { level, bottom, top } of levelsIn(plot, spec)) {
    if (bottom - top < WORD_HEIGHT * ratio()) continue;
    const [x, y] = [bbox.left + 7 * ratio(), bottom - 8 * ratio()];
    ctx.strokeText(LEVEL_NAMES[level][spec.language], x, y);
    ctx.fillText(LEVEL_NAMES[level][spec.language], x, y);
  }
  ctx.restore();
}

/** Times without data: hatched, and named where there is room. */
export function drawGaps(plot: uPlot, { series, palette, words }: PlotSpec): void {
  const { ctx, bbox } = plot;
  const step = 7 * ratio();
  for (const { from, to } of series.flatMap(({ track }) => track.gaps)) {
    const [left, right] = [across(plot, from), across(plot, to)];
    if (right - left < 1) continue;
    ctx.save();
    ctx.beginPath();
    ctx.rect(left, bbox.top, right - left, bbox.height);
    ctx.clip();
    ctx.strokeStyle = palette.faint;
    ctx.globalAlpha = 0.4;
    ctx.lineWidth = ratio();
    ctx.beginPath();
    // From the plot's own corner, so that neighbouring gaps have one hatching.
    for (let x = bbox.left - bbox.height; x < right; x += step) {
      ctx.moveTo(x, bbox.top + bbox.height);
      ctx.lineTo(x + bbox.height, bbox.top);
    }
    ctx.stroke();
    if (series.length === 1 && right - left > WORD_WIDTH * ratio()) {
      ctx.globalAlpha = 1;
      ctx.font = fontOf();
      ctx.textAlign = 'center';
      ctx.textBaseline = 'middle';
      ctx.lineWidth = 4 * ratio();
      ctx.strokeStyle = palette.paper;
      ctx.strokeText(words.gap, (left + right) / 2, bbox.top + 11 * ratio());
      ctx.fillStyle = palette.text;
      ctx.fillText(words.gap, (left + right) / 2, bbox.top + 11 * ratio());
    }
    ctx.restore();
  }
}

function stamp(plot: uPlot, outline: string, x: number, y: number, stroke: string, fill: string): void {
  const { ctx } = plot;
  const size = MARK_SIZE * ratio();
  const path = new Path2D();
  path.addPath(new Path2D(outline), new DOMMatrix([size, 0, 0, size, x, y]));
  ctx.save();
  ctx.lineWidth = 1.6 * ratio();
  ctx.strokeStyle = stroke;
  ctx.fillStyle = fill;
  ctx.fill(path);
  ctx.stroke(path);
  ctx.restore();
}

/** What is to be told of single points, each by its shape, and where a message went into the quarantine. */
export function drawMarks(plot: uPlot, { series, palette, quarantined, from, to }: PlotSpec): void {
  const { bbox } = plot;
  for (const { track, stroke } of series)
    for (const point of track.points) {
      const mark = markOf(point);
      if (mark === undefined || point.at < from || point.at > to) continue;
      stamp(plot, OUTLINES[mark], across(plot, point.at), up(plot, point.value), stroke, palette.paper);
    }
  const floor = bbox.top + bbox.height - 6 * ratio();
  for (const at of quarantined)
    if (at >= from && at <= to)
      stamp(plot, OUTLINES.quarantined, across(plot, at), floor, palette.tones.severe, palette.tones.severe);
}

/** The letter of each series at the end of its line: colours and dashes alone are hard to keep apart. */
export function drawLetters(plot: uPlot, { series, palette, to }: PlotSpec): void {
  const { ctx } = plot;
  for (const { track, stroke, letter } of series) {
    const last = track.points.findLast(({ quality, at }) => quality !== 'invalid' && at <= to);
    if (letter === undefined || last === undefined) continue;
    const [x, y] = [across(plot, last.at), up(plot, last.value)];
    ctx.save();
    ctx.beginPath();
    ctx.arc(x, y, 7.5 * ratio(), 0, 2 * Math.PI);
    ctx.fillStyle = stroke;
    ctx.fill();
    ctx.font = `600 ${fontOf()}`;
    ctx.textAlign = 'center';
    ctx.textBaseline = 'middle';
    ctx.fillStyle = palette.paper;
    ctx.fillText(letter, x, y + 0.5 * ratio());
    ctx.restore();
  }
}

/** The moment that the city is shown at, as a line with a head. */
export function drawMoment(plot: uPlot, moment: number | null, { from, to, palette }: PlotSpec): void {
  if (moment === null || moment < from || moment > to) return;
  const { ctx, bbox } = plot;
  const x = across(plot, moment);
  const head = 5 * ratio();
  ctx.save();
  ctx.strokeStyle = palette.ink;
  ctx.fillStyle = palette.ink;
  ctx.lineWidth = 1.5 * ratio();
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
  ctx.beginPath();
  ctx.moveTo(x - head, bbox.top);
  ctx.lineTo(x + head, bbox.top);
  ctx.lineTo(x, bbox.top + head * 1.3);
  ctx.fill();
  ctx.restore();
}
