import { z } from 'zod';

/** Why something was quarantined. Codes are append-only: devices and providers act on them. */
export const REASONS = {
  'malformed-json': 'the payload is not JSON',
  'not-utf8': 'the payload is not UTF-8',
  'wrong-shape': 'the payload is not a telemetry message',
  'empty-message': 'the message carries no value',
  'too-many-observations': 'the message carries more observations than one message may',
  'unsupported-format': 'the payload format is not supported',
  'unknown-device': 'the device is not registered any more',
  'wrong-domain': 'the topic names a domain that is not the device’s',
  'unknown-metric': 'the city has no such metric',
  'metric-not-of-domain': 'the metric does not belong to the device’s domain',
  'wrong-type': 'the value is not a finite number',
  'out-of-range': 'the value lies outside the metric’s range',
  'unknown-unit': 'the unit is not a UCUM code',
  'inconvertible-unit': 'the unit cannot be converted to the metric’s',
  'wrong-quality': 'the quality is none of valid, suspect, invalid',
  'wrong-time': 'the time is neither RFC 3339 nor milliseconds since the epoch',
  'too-old': 'the time is older than raw data are kept',
  'too-far-ahead': 'the time is more than ten minutes in the future',
  'wrong-position': 'the position is not [longitude, latitude]',
  'undecodable-payload': 'the device’s binary payload cannot be read',
  'no-decoder': 'the city cannot read payloads of this kind of device',
  'malformed-senml': 'the payload is not a SenML pack (RFC 8428)',
  'malformed-cbor': 'the payload is not CBOR',
  'malformed-line': 'the line is not InfluxDB line protocol',
} as const;

export type Reason = keyof typeof REASONS;
const codes = Object.keys(REASONS) as [Reason, ...Reason[]];
export const Reason = z.enum(codes).meta({ id: 'Reason' });
