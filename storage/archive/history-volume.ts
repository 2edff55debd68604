import { batches, yieldToOthers } from '../batches.ts';
import { bucketFinder, onWholeHours } from '../telemetry/buckets.ts';
import type { TelemetryReader, VolumeQuery, VolumeRow } from '../telemetry/port.ts';
import type { ArchivedCount, ArchiveReader } from './port.ts';
import { type Passage, partOf, passagesOf, stretchesOf } from './stretches.ts';
import { VolumeTally } from './volume-tally.ts';

const HOUR = 3_600_000;
/** Rows taken up before the event loop turns. */
const IN_A_TURN = 20_000;

type Span = readonly [from: number, to: number];
type Store = Pick<TelemetryReader, 'range' | 'volume'>;

/** What is asked of one kind of devices: with cells, only what they observed there. */
interface Part {
  readonly devices: readonly string[];
  readonly cells: readonly string[] | undefined;
}

/** The whole hours of a query, which hour rows tell for as long as those are kept; undefined where raw rows must. */
function wholeHours({ from, to, starts }: VolumeQuery): Span | undefined {
  const [first, end] = [Math.ceil(from / HOUR) * HOUR, Math.floor(to / HOUR) * HOUR];
  return first < end && onWholeHours(starts) ? [first, end] : undefined;
}

/**
 * As TelemetryStore.volume without `byDevice`, over store and archive. Whole hours come from the store's hour rows as
 * ever; what only raw observations tell comes from the archive where the store does not hold it any more.
 */
export async function volumeOver(
  store: Store,
  archive: ArchiveReader,
  query: VolumeQuery,
  signal?: AbortSignal,
): Promise<readonly VolumeRow[]> {
  const metrics = [...new Set(query.metrics)];
  const moving = query.movers && { devices: [...new Set(query.movers.devices)], cells: query.movers.cells };
  const parts: readonly Part[] = [
    { devices: [...new Set(query.devices)], cells: undefined },
    ...(moving && moving.cells.length > 0 ? [moving] : []),
  ].filter(({ devices }) => devices.length > 0);
  const whole = wholeHours(query);
  const cut: readonly Span[] = whole
    ? [
        [query.from, whole[0]],
        [whole[1], query.to],
      ]
    : [[query.from, query.to]];
  const spansOf = (part: Part): readonly Span[] => (part.cells ? [[query.from, query.to]] : cut);
  const isArchived = async () => {
    for (const [from, to] of parts.flatMap(spansOf)) if (from < to && (await archive.holds(from, to))) return true;
    return false;
  };
  if (!(await isArchived())) {
    const rows = await store.volume(query);
    if (!(await isArchived())) return rows;
  }
  if (parts.length === 0 || metrics.length === 0) return [];

  const tally = new VolumeTally(query);
  const placeOf = bucketFinder(query.starts, query.to);
  for (const part of parts) {
    if (whole && !part.cells) await ask(part, whole);
    for (const [from, to] of spansOf(part)) if (from < to) await tell(part, from, to);
  }
  return tally.rows();

  async function tell(part: Part, from: number, to: number): Promise<void> {
    for (const stretch of stretchesOf(from, to, await archive.between(from, to))) {
      signal?.throwIfAborted();
      if (stretch.archived) {
        const asked = { devices: part.devices, metrics };
        for await (const passage of passagesOf(store, asked, stretch)) await tellPassage(part, passage);
        continue;
      }
      const rows = await rowsOf(part, [stretch.from, stretch.to]);
      if (await archive.holds(stretch.from, stretch.to)) await tell(part, stretch.from, stretch.to);
      else await take(rows);
    }
  }

  async function tellPassage({ devices, cells }: Part, { from, to, kept }: Passage): Promise<void> {
    const places = cells && new Set(cells);
    for (const { device, metric, time, quality, cell } of kept)
      if (quality !== 'invalid' && (!places || (cell !== undefined && places.has(cell))))
        tally.add(device, metric, placeOf(time), 1);
    const { first, part } = partOf({ ...query, devices, metrics }, from, to);
    await archive.counts({ ...part, cells, without: kept, signal }, (row: ArchivedCount) => {
      const [device, metric] = [devices[row.device], metrics[row.metric]];
      if (device !== undefined && metric !== undefined) tally.add(device, metric, first + row.bucket, row.observations);
    });
  }

  async function ask(part: Part, span: Span): Promise<void> {
    await take(await rowsOf(part, span));
  }

  async function take(rows: readonly VolumeRow[]): Promise<void> {
    for (const some of batches(rows, IN_A_TURN)) {
      for (const row of some) tally.addRow(row);
      if (rows.length > IN_A_TURN) await yieldToOthers();
    }
  }

  /** What the store tells of a span: of buckets that reach beyond it by device, for others tell of them too. */
  async function rowsOf({ devices, cells }: Part, [from, to]: Span): Promise<readonly VolumeRow[]> {
    const asked: VolumeQuery = {
      ...query,
      metrics,
      ...(cells ? { devices: [], movers: { devices, cells } } : { devices, movers: undefined }),
    };
    const startOf = (place: number) => Math.max(query.from, query.starts[place] ?? query.from);
    const endOf = (place: number) => query.starts[place + 1] ?? query.to;
    const [first, last] = [placeOf(from), placeOf(to - 1)];
    const inner: Span = [
      from > startOf(first) ? Math.min(to, endOf(first)) : from,
      to < endOf(last) ? Math.max(from, startOf(last)) : to,
    ];
    const about = (some: Span, byDevice: boolean) =>
      some[0] < some[1] ? store.volume({ ...partOf(asked, ...some).part, byDevice }) : [];
    if (inner[0] >= inner[1]) return about([from, to], true);
    return [
      ...(await about([from, inner[0]], true)),
      ...(await about(inner, false)),
      ...(await about([inner[1], to], true)),
    ];
  }
}
