/** Values by the maker's own names, in the units of the maker's documentation. Always finite numbers. */
export type Values = Readonly<Record<string, number>>;

/** What a device measured at one moment. */
export interface Measurement {
  readonly values: Values;
  /** ms since the epoch, where the payload tells it: what the device kept while it had no connection. */
  readonly time?: number;
}

/** What a payload says. */
export interface Measured {
  readonly measurements: readonly Measurement[];
  /** Why the rest of the payload could not be read. What stands before it holds. */
  readonly unread?: string;
}

/** A payload that says nothing the decoder understands, and why. */
export interface Unreadable {
  readonly fault: string;
}

/** Reads the application's payload of one product (LoRaWAN FRMPayload). Pure; never throws, whatever the bytes. */
export type PayloadDecoder = (fPort: number, payload: Uint8Array) => Measured | Unreadable;

export const isUnreadable = (decoded: Measured | Unreadable): decoded is Unreadable => 'fault' in decoded;

/** The only measurement of a payload. */
export const measured = (values: Values): Measured => ({ measurements: [{ values }] });

/** `size` bytes of a payload, to be read as numbers; undefined where it is shorter. */
export function viewOf(payload: Uint8Array, at: number, size: number): DataView | undefined {
  if (at + size > payload.length) return undefined;
  return new DataView(payload.buffer, payload.byteOffset + at, size);
}

export const hex = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
