import { type Channels, number, readChannels } from './channels.ts';
import type { PayloadDecoder } from './decoder.ts';

const DATA_PORT = 10;

/** Tektelic Comfort (technical reference manual of the Smart Room Sensor): channel and type byte, then big-endian numbers. */
const CHANNELS: Channels = {
  '00ba': number('battery_voltage', 2, (bytes) => bytes.getUint16(0) / 1_000),
  '0100': number('reed_state', 1, (bytes) => bytes.getUint8(0)),
  '0367': number('ambient_temperature', 2, (bytes) => bytes.getInt16(0) / 10),
  '0468': number('relative_humidity', 1, (bytes) => bytes.getUint8(0) / 2),
  '0804': number('reed_count', 2, (bytes) => bytes.getUint16(0)),
};

export const tektelicComfort: PayloadDecoder = (fPort, payload) =>
  fPort === DATA_PORT ? readChannels(payload, 2, CHANNELS) : { fault: `port ${fPort} carries no readings` };
