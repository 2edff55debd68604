import type { Reading } from '../../model/telemetry.ts';
import type { UplinkFormat } from '../../model/topic.ts';
import { carriesPayload, readUplink } from '../../model/uplink.ts';
import { isUnreadable, type Values } from '../decoders/decoder.ts';
import type { Products } from '../decoders/registry.ts';
import type { ObservationRejection } from '../rejection.ts';
import type { FormatDecoder } from './format.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true });
const NOTHING = { readings: [], rejections: [] } as const;

function parse(payload: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(payload));
  } catch {
    return undefined;
  }
}

/** The metrics among the maker's values. What the maker sends beside them is no observation of the city. */
function metricsOf(values: Values, names: Readonly<Record<string, string>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(names).flatMap(([metric, name]) => {
      const value = values[name];
      return value === undefined ? [] : [[metric, value]];
    }),
  );
}

/**
 * Reads the uplinks of a network server: its JSON around the product's payload, which `products` decode by the kind of
 * the device. Without a time of its own a reading has the one at which the uplink was received, as the server says, so that
 * an uplink that is delivered again says the same again.
 */
export const uplinkDecoder =
  (format: UplinkFormat, products: Products): FormatDecoder =>
  (body, { kind }) => {
    const read = readUplink(format, parse(body));
    if (!read.success) return { reason: 'wrong-shape', detail: read.error.issues[0]?.message ?? 'not an uplink' };
    const uplink = read.data;
    if (!carriesPayload(uplink)) return NOTHING;
    if (uplink.encrypted)
      return { reason: 'undecodable-payload', detail: 'it is encrypted: the network server has no AppSKey' };
    const product = products.get(kind);
    if (!product) return { reason: 'no-decoder', detail: `there is no decoder for payloads of a ${kind}` };
    const decoded = product.decode(uplink.fPort, uplink.payload);
    if (isUnreadable(decoded)) return { reason: 'undecodable-payload', detail: decoded.fault };
    const readings: Reading[] = decoded.measurements.flatMap(({ values, time = uplink.time }) => {
      const metrics = metricsOf(values, product.values);
      return Object.keys(metrics).length === 0 ? [] : [{ time, values: metrics }];
    });
    const rejections: ObservationRejection[] =
      decoded.unread === undefined
        ? []
        : [{ reason: 'undecodable-payload', detail: decoded.unread, metric: 'frm_payload' }];
    return { readings, rejections };
  };
