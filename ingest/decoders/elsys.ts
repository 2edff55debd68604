import { type Channels, number, readChannels, skip } from './channels.ts';
import type { PayloadDecoder } from './decoder.ts';

/** Elsys payload format (“Sensor payload”, rev. 1.11): a type byte, then big-endian numbers. The same for every Elsys sensor. */
const TYPES: Channels = {
  '01': number('temperature', 2, (bytes) => bytes.getInt16(0) / 10),
  '02': number('humidity', 1, (bytes) => bytes.getUint8(0)),
  '03': skip(3),
  '04': number('light', 2, (bytes) => bytes.getUint16(0)),
  '05': number('motion', 1, (bytes) => bytes.getUint8(0)),
  '06': number('co2', 2, (bytes) => bytes.getUint16(0)),
  '07': number('battery_millivolts', 2, (bytes) => bytes.getUint16(0)),
  '08': skip(2),
  '09': skip(6),
  '0a': skip(2),
  '0b': skip(4),
  '0c': skip(2),
  '0d': skip(1),
  '0e': skip(2),
  '0f': skip(1),
  '10': skip(4),
  '11': skip(1),
  '12': skip(1),
  '13': skip(65),
  '14': skip(4),
  '15': {
    size: 2,
    read: (bytes) => ({ sound_peak: bytes.getUint8(0), sound_average: bytes.getUint8(1) }),
  },
  '16': skip(2),
  '17': skip(4),
  '18': skip(2),
  '19': skip(2),
  '1a': skip(1),
  '1b': skip(4),
  '1c': skip(2),
  '3d': skip(4),
  // The settings, told once after a start.
  '3e': skip('rest'),
};

/** Elsys ERS2 and its family. The port is the operator's to choose: it says nothing. */
export const elsys: PayloadDecoder = (_, payload) => readChannels(payload, 1, TYPES);
