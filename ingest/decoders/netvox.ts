import { measured, type PayloadDecoder, type Values, viewOf } from './decoder.ts';

const DATA_PORT = 6;
const VERSION = 1;
/** R726 series. */
const DEVICE_TYPE = 0x09;
const SIZE = 11;
/** What is sent for a sensor that is not there. */
const ABSENT = 0xffff;

/** The three big-endian words of a report, by its type. */
const REPORTS: ReadonlyMap<
  number,
  readonly (readonly [name: string, read: (bytes: DataView, at: number) => number])[]
> = new Map([
  [
    0x07,
    [
      ['co2', (bytes, at) => bytes.getUint16(at) / 10],
      ['nh3', (bytes, at) => bytes.getUint16(at) / 100],
      ['noise', (bytes, at) => bytes.getUint16(at) / 10],
    ],
  ],
  [
    0x0c,
    [
      ['temperature', (bytes, at) => bytes.getInt16(at) / 100],
      ['humidity', (bytes, at) => bytes.getUint16(at) / 100],
      ['wind_speed', (bytes, at) => bytes.getUint16(at) / 100],
    ],
  ],
]);

/** Netvox R72624 (LoRaWAN application command of the R726 series): one report of three sensors in a message. */
export const netvoxR72624: PayloadDecoder = (fPort, payload) => {
  if (fPort !== DATA_PORT) return { fault: `port ${fPort} carries no readings` };
  const bytes = viewOf(payload, 0, SIZE);
  if (!bytes || payload.length !== SIZE) return { fault: `it has ${payload.length} bytes, not ${SIZE}` };
  if (bytes.getUint8(0) !== VERSION || bytes.getUint8(1) !== DEVICE_TYPE)
    return { fault: `it is of version ${bytes.getUint8(0)} and device type ${bytes.getUint8(1)}, not 1 and 9` };
  const type = bytes.getUint8(2);
  const report = REPORTS.get(type);
  if (!report) return { fault: `report type ${type} is not known` };
  let values: Values = { battery_voltage: (bytes.getUint8(3) & 0x7f) / 10 };
  for (const [i, [name, read]] of report.entries()) {
    const at = 4 + 2 * i;
    if (bytes.getUint16(at) !== ABSENT) values = { ...values, [name]: read(bytes, at) };
  }
  return measured(values);
};
