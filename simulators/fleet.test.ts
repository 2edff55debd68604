import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { topicOf } from '../model/topic.ts';
import { faultOf } from './faults.ts';
import { createFleet, type Fleet, planFleet } from './fleet.ts';
import { PASSWORD, type PlainBroker, startPlainBroker } from './plain-broker.fixture.ts';

const log = pino({ level: 'silent' });

describe('the fleet over real connections', () => {
  let broker: PlainBroker;
  let fleet: Fleet;
  /** Without the devices that have faults: those may be silent just now. */
  const plan = planFleet(40, 7).filter(({ seed }) => faultOf(seed) === undefined);
  const launch = (password = PASSWORD) =>
    fleet.launch(plan.map((simulated) => ({ simulated, password, carriage: 'own' as const })));

  beforeEach(async () => {
    broker = await startPlainBroker();
    fleet = createFleet({
      mqtt: { host: '127.0.0.1', port: broker.port },
      http: 'http://127.0.0.1:1',
      log,
      firstWithinMs: 200,
    });
  });
  afterEach(async () => {
    await fleet.stop();
    await broker.close();
  });

  it('connects every device under its own client id and lets each report on its own topic', async () => {
    await launch();
    expect(fleet.stats()).toMatchObject({ devices: plan.length, connected: plan.length });
    await vi.waitFor(() => expect(new Set(broker.messages.map((m) => m.client)).size).toBe(plan.length), 5_000);
    const topics = new Map(plan.map(({ device }) => [device.id, topicOf(device.domain, device.id, 'telemetry')]));
    for (const message of broker.messages) {
      expect(message.topic).toBe(topics.get(message.client));
      expect(JSON.parse(message.payload)).toMatchObject({ time: expect.any(Number), values: expect.any(Object) });
    }
    await vi.waitFor(() => expect(fleet.stats().acknowledged).toBe(fleet.stats().published));
    expect(fleet.stats()).toMatchObject({ skipped: 0, failed: 0 });
  });

  it('reports all metrics of the kind the first time', async () => {
    await launch();
    await vi.waitFor(() => expect(broker.messages.length).toBeGreaterThanOrEqual(plan.length), 5_000);
    const hospital = broker.messages.find((message) => message.client.startsWith('sim-hospital-'));
    expect(Object.keys(JSON.parse(hospital?.payload ?? '{}').values).sort()).toEqual([
      'beds_occupied',
      'beds_total',
      'er_waiting_time',
      'icu_free',
    ]);
  });

  it('says goodbye for every device when it stops', async () => {
    await launch();
    await vi.waitFor(() => expect(broker.messages.length).toBeGreaterThanOrEqual(plan.length), 5_000);
    await fleet.stop();
    await vi.waitFor(() => expect(broker.aedes.connectedClients).toBe(0));
    expect(new Set(broker.goodbyes)).toEqual(new Set(plan.map(({ device }) => device.id)));
    expect(fleet.stats().connected).toBe(0);
  });

  it('starts although the broker lets nobody in, and stops', async () => {
    await launch('another password');
    expect(fleet.stats()).toMatchObject({ connected: 0, published: 0 });
    await fleet.stop();
    expect(broker.messages).toEqual([]);
  });

  it('comes back by itself when its connections are cut', async () => {
    await launch();
    await vi.waitFor(() => expect(broker.messages.length).toBeGreaterThanOrEqual(plan.length), 5_000);
    await Promise.all(broker.arrivals.map((client) => new Promise<void>((resolve) => client.close(resolve))));
    await vi.waitFor(() => expect(broker.arrivals.length).toBe(2 * plan.length), { timeout: 20_000, interval: 100 });
    await vi.waitFor(() => expect(fleet.stats().connected).toBe(plan.length));
  });
});
