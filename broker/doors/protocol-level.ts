/** CONNACK: no session present, return code 1, unacceptable protocol level (MQTT 3.1.1, section 3.2). */
export const UNACCEPTABLE_LEVEL: Uint8Array = Uint8Array.of(0x20, 2, 0, 1);

/** MQTT 3.1, 3.1.1, and 5, which Aedes refuses itself; with the high bit, the bridges' variant of the first two. */
const KNOWN = [3, 4, 5, 0x83, 0x84];
const NAME = [0, 4, ...Buffer.from('MQTT')];

/** Whether this beginning of a CONNECT speaks MQTT of a level nobody knows (MQTT-3.1.2-2). */
export function unknownLevel(connect: Uint8Array): boolean {
  let at = 1;
  while ((connect[at] ?? 0) >= 0x80) at += 1;
  at += 1;
  if (NAME.some((byte, index) => connect[at + index] !== byte)) return false;
  const level = connect[at + NAME.length];
  return level !== undefined && !KNOWN.includes(level);
}
