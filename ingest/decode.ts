import { LRUCache } from 'lru-cache';
import type { Device } from '../model/device.ts';
import type { Observation } from '../model/observation.ts';
import { isUplink } from '../model/topic.ts';
import type { JournalRecord } from '../storage/journal/port.ts';
import type { FormatDecoders } from './formats/format.ts';
import { FORMAT_DECODERS } from './formats/formats.ts';
import { isRejection, type ObservationRejection, type Rejection } from './rejection.ts';
import { type Judge, judge } from './validate.ts';

/** A journal record and what it says: observations and rejections, or why it says nothing. */
export interface Decoded {
  readonly record: JournalRecord;
  readonly observations: readonly Observation[];
  readonly rejections: readonly ObservationRejection[];
  readonly rejected: Rejection | undefined;
}

export interface Decoder {
  /** Decodes records in order; the same record always gives the same answer while its device is registered. */
  decode(records: readonly JournalRecord[]): Promise<readonly Decoded[]>;
  /** What is known of a device is stale. */
  forget(device: string): void;
}

const NOTHING = { observations: [], rejections: [] } as const;

/** Only what judging needs: the fleet's directory stays in the registry. */
type Known = Pick<Device, 'domain' | 'kind' | 'simulated'> | 'unknown';

export function createDecoder(
  judgeBy: Judge,
  lookUp: (id: string) => Promise<Device | undefined>,
  formats: FormatDecoders = FORMAT_DECODERS,
): Decoder {
  const known = new LRUCache<string, { device: Known }>({ max: 250_000 });

  /** Looks up the devices of a batch that are not known yet; unregistered ones are asked for again in the next batch. */
  async function meet(records: readonly JournalRecord[]): Promise<void> {
    const missing = new Set<string>();
    for (const record of records) if (!known.has(record.device)) missing.add(record.device);
    for (const id of missing) {
      const device = await lookUp(id);
      known.set(id, {
        device: device ? { domain: device.domain, kind: device.kind, simulated: device.simulated } : 'unknown',
      });
    }
  }

  function one(record: JournalRecord): Decoded {
    const device = known.get(record.device)?.device ?? 'unknown';
    const reject = (rejected: Rejection): Decoded => ({ record, ...NOTHING, rejected });
    if (device === 'unknown') return reject({ reason: 'unknown-device', detail: `${record.device} is not registered` });
    // An uplink was posted by a network server, which knows no domain.
    if (record.domain !== device.domain && !isUplink(record.format))
      return reject({ reason: 'wrong-domain', detail: `${record.device} belongs to ${device.domain}` });
    const decode = formats[record.format];
    if (!decode) return reject({ reason: 'unsupported-format', detail: `${record.format} is not supported` });
    const decoding = decode(record.payload, { kind: device.kind, received: record.received });
    if (isRejection(decoding)) return reject(decoding);
    // An uplink may speak of the device alone (its battery, a new start): that is no fault, as an empty message is.
    if (isUplink(record.format) && decoding.readings.length + decoding.rejections.length === 0)
      return { record, ...NOTHING, rejected: undefined };
    const sender = {
      device: record.device,
      domain: device.domain,
      simulated: device.simulated,
      received: record.received,
      format: record.format,
    };
    const judged = judge(decoding, sender, judgeBy);
    return isRejection(judged) ? reject(judged) : { record, ...judged, rejected: undefined };
  }

  return {
    async decode(records) {
      await meet(records);
      const decoded = records.map(one);
      for (const { record, rejected } of decoded)
        if (rejected?.reason === 'unknown-device') known.delete(record.device);
      return decoded;
    },
    forget: (device) => void known.delete(device),
  };
}
