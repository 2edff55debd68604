import { expect, it } from 'vitest';
import { fuzzMqtt } from './fuzz-mqtt.ts';

it('mutated MQTT packets neither bring the city down nor reach what others are promised', async () => {
  const outcome = await fuzzMqtt(2_000, 4, () => {});
  expect(outcome).toMatchObject({ connections: 2_000, alive: true, unbalanced: 0, leftOpen: 0, faults: [] });
  expect(outcome.acknowledged).toBeGreaterThan(0);
  expect(outcome.stored).toBe(outcome.acknowledged);
  // Packets that all stop at the CONNECT would prove nothing.
  expect(outcome.letIn).toBeGreaterThan(400);
  const [early, late] = outcome.memory;
  expect(late).toBeLessThan(early + 256 * 2 ** 20);
});
