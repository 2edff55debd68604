import { measured, type PayloadDecoder, viewOf } from './decoder.ts';

/** Bosch Parking Lot Sensor (communication interface manual): bytes of a message on each port, and which of them is the state. */
const MESSAGES: ReadonlyMap<number, { readonly size: number; readonly state: number }> = new Map([
  // The state changed; the heartbeat has the temperature behind it; a start has debug data, firmware and cause before it.
  [1, { size: 1, state: 0 }],
  [2, { size: 2, state: 0 }],
  [3, { size: 17, state: 16 }],
]);

/** `free` is the space as a number of free spaces: 1 or 0. */
export const boschParkingLot: PayloadDecoder = (fPort, payload) => {
  const message = MESSAGES.get(fPort);
  if (!message) return { fault: `port ${fPort} carries no state of the space` };
  if (payload.length !== message.size)
    return { fault: `it has ${payload.length} bytes, not ${message.size} as on port ${fPort}` };
  const state = viewOf(payload, message.state, 1)?.getUint8(0) ?? 0;
  if (state > 1) return { fault: `the state is ${state}, neither 0 (free) nor 1 (occupied)` };
  const temperature = fPort === 2 ? { temperature: viewOf(payload, 1, 1)?.getInt8(0) ?? 0 } : {};
  return measured({ occupied: state, free: 1 - state, ...temperature });
};
