import type { Catalogue } from '../../../model/catalogue.ts';
import { MISSED_INTERVALS } from '../../../model/condition.ts';
import type { Device } from '../../../model/device.ts';
import type { Kind } from '../../../model/domain.ts';
import { type Level, levelOf } from '../../../model/level.ts';
import { type DerivedMetric, inputsOf, type Metric } from '../../../model/metric.ts';
import type { Observation, Quality } from '../../../model/observation.ts';
import { CodedError } from '../../../model/problem.ts';

type Figure = Metric | DerivedMetric;

/** What a device is coloured by right now. */
export interface Reading {
  readonly metric: string;
  readonly value: number;
  /** Phenomenon time, ms. */
  readonly at: number;
  /** What its device says of it; of several the worst. */
  readonly quality: Quality;
  /** Null where the metric has no thresholds, or the value is invalid and rates nothing. */
  readonly level: Level | null;
}

/** Reads what devices are coloured by. */
export interface Figures {
  /** Whether a device of this kind reports what was asked for. */
  reports(device: Device): boolean;
  /** The metric that a device of this kind is told by; undefined where its kind is not known. */
  of(device: Device): string | undefined;
  /** Whether what it is told by is kept from whoever asks. */
  hides(device: Device): boolean;
  /** After how long its value is not fresh any more, ms. */
  due(device: Device): number;
  /** Undefined where there is no value, or none that whoever asks may see. */
  read(device: Device, latest: readonly Observation[]): Reading | undefined;
}

/** The worst first. */
const QUALITIES: readonly Quality[] = ['invalid', 'suspect', 'valid'];

function readingOf(figure: Figure, latest: readonly Observation[]): Omit<Reading, 'level'> | undefined {
  const of = (id: string) => latest.find(({ metric }) => metric === id);
  if (figure.overDevices === 'ratio') {
    const [above, below] = [of(figure.numerator), of(figure.denominator)];
    if (!above || !below || below.value === 0) return undefined;
    const quality = QUALITIES.find((worse) => worse === above.quality || worse === below.quality) ?? 'valid';
    const value = (above.value / below.value) * figure.scale;
    return { metric: figure.id, value, at: Math.min(above.time, below.time), quality };
  }
  const found = of(figure.id);
  return found && { metric: figure.id, value: found.value, at: found.time, quality: found.quality };
}

/** What of a kind the asked figure is told by: a ratio by both of its metrics, an index by one of its inputs. */
function figureOf(kind: Kind, asked: Figure, catalogue: Catalogue): Figure | undefined {
  if (asked.overDevices !== 'ratio' && asked.overDevices !== 'index')
    return kind.metrics.includes(asked.id) ? asked : undefined;
  const inputs = inputsOf(asked).filter((id) => kind.metrics.includes(id));
  if (asked.overDevices === 'ratio') return inputs.length === 2 ? asked : undefined;
  const input = inputs.find((id) => id === kind.headline) ?? inputs[0];
  return input === undefined ? undefined : catalogue.metric(input);
}

/**
 * Figures by a metric of the catalogue, or by the headline of each kind where none is asked for. `shows` says which
 * metrics whoever asks may see. Throws CodedError `invalid-request` for a metric that is not there.
 */
export function figuresBy(
  catalogue: Catalogue,
  metric: string | undefined,
  shows: (metric: string) => boolean,
): Figures {
  const asked = metric === undefined ? undefined : (catalogue.metric(metric) ?? catalogue.derived(metric));
  if (metric !== undefined && !asked) throw new CodedError('invalid-request', `metric: there is no metric ${metric}`);
  // Looked up once for a kind, and not for each of its devices.
  const known = new Map<string, Figure | null>();
  function figure(device: Device): Figure | undefined {
    const name = `${device.domain}/${device.kind}`;
    let found = known.get(name);
    if (found === undefined) {
      const kind = catalogue.kind(device.domain, device.kind);
      found = (kind && (asked ? figureOf(kind, asked, catalogue) : catalogue.metric(kind.headline))) ?? null;
      known.set(name, found);
    }
    return found ?? undefined;
  }
  return {
    reports: (device) => asked === undefined || figure(device) !== undefined,
    of: (device) => figure(device)?.id,
    hides(device) {
      const row = figure(device);
      return row !== undefined && !shows(row.id);
    },
    due(device) {
      const row = figure(device);
      const derived = row && catalogue.derived(row.id);
      const inputs = derived ? inputsOf(derived) : [row?.id ?? ''];
      return 1_000 * MISSED_INTERVALS * Math.max(...inputs.map((id) => catalogue.intervalOf(device, id) ?? 0));
    },
    read(device, latest) {
      const row = figure(device);
      if (!row || !shows(row.id)) return undefined;
      const reading = readingOf(row, latest);
      if (!reading) return undefined;
      const judged = reading.quality === 'invalid' ? undefined : levelOf(row.thresholds, reading.value);
      return { ...reading, level: judged ?? null };
    },
  };
}
