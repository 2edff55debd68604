import type { Reading } from '../../../model/telemetry.ts';
import type { ObservationRejection, Rejection } from '../../rejection.ts';
import type { Decoding } from '../format.ts';
import { addValue, type NamedValues } from '../values.ts';
import type { ResolvedRecord } from './resolve.ts';
import { ucumOf } from './units.ts';

/** Records of one moment: their coordinates, and readings of which the last takes what comes next. */
interface Moment {
  /** ms since the epoch; none where the pack told none. */
  readonly time: number | undefined;
  readonly readings: Draft[];
  lon?: ResolvedRecord;
  lat?: ResolvedRecord;
}

interface Draft {
  readonly values: NamedValues;
  readonly units: NamedValues;
}

const VALUES = ['v', 'vs', 'vb', 'vd'] as const;
const VALUE_NAMES = { v: 'a number (v)', vs: 'a string (vs)', vb: 'a boolean (vb)', vd: 'data (vd)' } as const;

/**
 * Readings of resolved records: one for each time, more where a metric is given twice at it. Numbers become values;
 * longitude and latitude of one time become its position; every other record is rejected by itself.
 */
export function readingsOf(records: readonly ResolvedRecord[]): Decoding | Rejection {
  if (records.length === 0) return { reason: 'empty-message', detail: 'the pack has no record with a value' };
  const rejections: ObservationRejection[] = [];
  const moments = new Map<number | undefined, Moment>();
  for (const record of records) {
    const metric = metricOf(record.n);
    const fault = faultOf(record);
    if (fault !== undefined) {
      rejections.push({ reason: 'wrong-type', detail: `${metric}: ${fault}`, metric });
      continue;
    }
    const time = record.told ? Math.round(record.t * 1000) : undefined;
    let moment = moments.get(time);
    if (!moment) {
      moment = { time, readings: [] };
      moments.set(time, moment);
    }
    if (record.u === 'lon' || record.u === 'lat') {
      if (moment[record.u] === undefined) moment[record.u] = record;
      else rejections.push(misplaced(record, `a second ${record.u} at the same time`));
    } else put(moment, metric, record);
  }
  const readings = [...moments.values()].flatMap((moment) => finish(moment, rejections));
  return { readings, rejections };
}

/** The metric that a SenML name means: what stands behind its last ":" or "/". */
export function metricOf(name: string): string {
  return name.slice(Math.max(name.lastIndexOf(':'), name.lastIndexOf('/')) + 1);
}

/** Why a record is not one value that can be judged. */
function faultOf(record: ResolvedRecord): string | undefined {
  const { v, vs, vb, vd, s } = record;
  // By far the most common, without a list.
  if (v !== undefined && vs === undefined && vb === undefined && vd === undefined) return undefined;
  const given = VALUES.filter((label) => record[label] !== undefined);
  if (given.length > 1) return `more than one value (${given.join(', ')})`;
  const [label] = given;
  if (label !== undefined) return `${VALUE_NAMES[label]}: the city keeps numbers`;
  return s === undefined ? 'no value' : 'only a sum (s): the city keeps values and sums them up itself';
}

function put({ readings }: Moment, metric: string, { u, v }: ResolvedRecord): void {
  let draft = readings.at(-1);
  // A metric may be given twice at one time: the second is a duplicate or a correction, and neither is lost.
  if (draft === undefined || !addValue(draft.values, metric, v)) {
    draft = { values: {}, units: {} };
    readings.push(draft);
    addValue(draft.values, metric, v);
  }
  if (u !== undefined) addValue(draft.units, metric, ucumOf(u));
}

function finish({ time, readings, lon, lat }: Moment, rejections: ObservationRejection[]): readonly Reading[] {
  const [only] = lon && lat ? [] : [lon ?? lat];
  if (only) rejections.push(misplaced(only, `${only.u} without its other coordinate at the same time`));
  if (lon && lat && readings.length === 0)
    rejections.push(misplaced(lon, 'a position without a value'), misplaced(lat, 'a position without a value'));
  const position = lon && lat ? [lon.v, lat.v] : undefined;
  return readings.map((draft) => ({
    ...draft,
    ...(time === undefined ? {} : { time }),
    ...(position === undefined ? {} : { position }),
  }));
}

const misplaced = (record: ResolvedRecord, detail: string): ObservationRejection => ({
  reason: 'wrong-position',
  detail,
  metric: metricOf(record.n),
});
