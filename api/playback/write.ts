import { createHash } from 'node:crypto';
import { instant } from '../../model/observation.ts';
import type { PlaybackSeries, Step } from '../../model/playback.ts';
import { yieldToOthers } from '../../storage/batches.ts';
import type { FrameSeries } from '../../storage/telemetry/port.ts';
import type { Place } from '../selection.ts';
import type { Buckets } from './question.ts';

/** Cells written before the event loop turns. */
const IN_A_TURN = 20_000;

/** An answer as it goes over the wire, with its entity tag. */
export interface Written {
  readonly body: Uint8Array<ArrayBuffer>;
  readonly tag: string;
}

/**
 * Writes frames as a Playback, in turns of the event loop. Of a device that moves, what was made outside `place` is left
 * out, and so is a series of which nothing is left.
 */
export async function writePlayback(
  { from, to, starts }: Buckets,
  step: Step,
  frames: readonly FrameSeries[],
  moving: ReadonlySet<string>,
  place: Place | undefined,
): Promise<Written> {
  const pieces: Buffer[] = [];
  const hash = createHash('sha1');
  const write = (text: string) => {
    const piece = Buffer.from(text);
    hash.update(piece);
    pieces.push(piece);
  };
  const head = { from: instant(from), to: instant(to), step, times: starts.map(instant) };
  write(`${JSON.stringify(head).slice(0, -1)},"series":[`);
  let separator = '';
  let cells = 0;
  for (const frame of frames) {
    const series = seriesOf(frame, moving.has(frame.device) ? place : undefined);
    if (series) {
      write(separator + JSON.stringify(series));
      separator = ',';
    }
    cells += starts.length;
    if (cells < IN_A_TURN) continue;
    cells = 0;
    await yieldToOthers();
  }
  write(']}');
  return { body: Buffer.concat(pieces), tag: `"${hash.digest('base64url')}"` };
}

/** Undefined where nothing of it lies in the place. */
function seriesOf(
  { device, metric, values, suspect, positions }: FrameSeries,
  place: Place | undefined,
): PlaybackSeries | undefined {
  const positionOf = (i: number): [number, number] | null => {
    const [lon, lat] = [positions?.[2 * i], positions?.[2 * i + 1]];
    return lon === undefined || lat === undefined || Number.isNaN(lon) ? null : [lon, lat];
  };
  const told = Array.from(values, (value, i) => {
    if (Number.isNaN(value)) return null;
    const position = place && positionOf(i);
    return !place || (position && place(position)) ? value : null;
  });
  if (told.every((value) => value === null)) return undefined;
  const quality = (value: number | null, i: number) =>
    value === null ? null : suspect?.[i] === 1 ? ('suspect' as const) : ('valid' as const);
  const doubted = told.some((value, i) => value !== null && suspect?.[i] === 1);
  return {
    ...{ device, metric, values: told },
    ...(doubted ? { quality: told.map(quality) } : {}),
    ...(positions ? { positions: told.map((value, i) => (value === null ? null : positionOf(i))) } : {}),
  };
}
