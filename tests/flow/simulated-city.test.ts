import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { z } from 'zod';
import { SEED } from '../../app/simulated-city.ts';
import { instant } from '../../model/observation.ts';
import { QuarantineItem } from '../../model/quarantine.ts';
import { topicOf } from '../../model/topic.ts';
import { clockError, faultOf } from '../../simulators/faults.ts';
import { createFleet, type Launch, planFleet, type SimulatedDevice } from '../../simulators/fleet.ts';
import { historyOf } from '../../simulators/history.ts';
import { startCity, type TestCity } from '../helpers/city.ts';
import { temporaryDirectory } from '../helpers/temporary.ts';

const HOUR_MS = 3_600_000;
const Figures = z.object({
  items: z.array(z.object({ group: z.string(), time: z.string(), value: z.number(), received: z.number() })),
  next: z.string().nullable(),
});
const Devices = z.object({
  items: z.array(z.object({ id: z.string(), simulated: z.boolean(), provider: z.string() })),
});
const Latest = z.object({ items: z.array(z.object({ metric: z.string(), flags: z.array(z.string()) })) });
const Quarantined = z.object({ items: z.array(QuarantineItem) });

async function directory(): Promise<string> {
  const folder = await temporaryDirectory();
  onTestFinished(() => folder.remove());
  return folder.path;
}

const simulating = (devices: number) => ({ SIMULATE: String(devices), SIMULATE_HISTORY: '24h', LOG_LEVEL: 'info' });

/** Every hour of every device, of metrics of several kinds, by whole hours. */
async function hoursOf(city: TestCity, from: number, to: number): Promise<string[]> {
  const rows = [];
  for (const metric of ['vehicle_count', 'mean_speed', 'beds_total', 'crowding', 'pm2_5', 'water_level', 'co2']) {
    const query = `metric=${metric}&window=1h&group_by=device&limit=10000&from=${instant(from)}&to=${instant(to)}`;
    const { items, next } = Figures.parse(await city.json(`/api/v1/aggregates?${query}`));
    expect(next).toBeNull();
    // Sums of the same numbers in another order differ in the last digit.
    const text = ({ group, time, value, received }: (typeof items)[number]) =>
      `${metric} ${group} ${time} ${value.toFixed(6)} ${received}`;
    rows.push(...items.map(text));
  }
  return rows;
}

describe('the first start', () => {
  it('sends the last 24 hours, the same whether it is killed in the middle and started again or not', async () => {
    const devices = 40;
    const begun = Date.now();
    const whole = await startCity({ dataDir: await directory(), env: simulating(devices) });
    onTestFinished(() => void whole.kill());
    await whole.line(/^history 100 %$/m);
    const books = await whole.settled();

    const path = await directory();
    const killed = await startCity({ dataDir: path, env: simulating(devices) });
    await killed.line(/^history 30 %$/m);
    await killed.kill();
    expect(JSON.parse(await readFile(join(path, 'fleet-unsent.json'), 'utf8')).length).toBeGreaterThan(0);
    const again = await startCity({ dataDir: path, env: simulating(devices) });
    onTestFinished(() => void again.kill());
    await again.line(/^history 100 %$/m);
    await again.settled();
    await vi.waitFor(() => expect(readFile(join(path, 'fleet-unsent.json'))).rejects.toThrow('ENOENT'));

    // Whole hours that lie in both histories; what is live now is another moment of another run.
    const from = Math.ceil((Date.now() - 24 * HOUR_MS) / HOUR_MS) * HOUR_MS;
    const to = Math.floor(begun / HOUR_MS) * HOUR_MS;
    const expected = await hoursOf(whole, from, to);
    expect(expected.length).toBeGreaterThan(500);
    expect(await hoursOf(again, from, to)).toEqual(expected);
    // No value was ever told another way.
    expect(books.observations.corrected).toBe(0);
    expect((await again.ledger()).observations.corrected).toBe(0);

    // A further start has nothing to send again.
    await again.stop();
    const third = await startCity({ dataDir: path, env: simulating(devices) });
    await third.line(/the simulated city is under way/);
    expect((await third.stop()).code).toBe(0);
    expect(third.stdout()).not.toContain('history');
  });

  it('goes no further back than raw data are kept, so that nothing of it is quarantined as too old', async () => {
    const city = await startCity({ dataDir: await directory(), env: { ...simulating(20), RETENTION_RAW: '2h' } });
    onTestFinished(() => void city.kill());
    await city.line(/^history 100 %$/m);
    expect((await city.settled()).observations.stored).toBeGreaterThan(1_000);
    const { items } = Quarantined.parse(await city.json('/api/v1/quarantine?reason=too-old'));
    expect(items).toEqual([]);
  });

  it('sends none where that is not wanted, and the live readings all the same', async () => {
    const city = await startCity({
      dataDir: await directory(),
      env: { ...simulating(20), SIMULATE_HISTORY: 'off' },
    });
    onTestFinished(() => void city.kill());
    await vi.waitFor(async () => expect((await city.ledger()).messages.accepted).toBeGreaterThanOrEqual(18), {
      timeout: 30_000,
      interval: 200,
    });
    expect(city.stdout()).not.toContain('history');
    expect(await hoursOf(city, Date.now() - 24 * HOUR_MS, Date.now() - 2 * HOUR_MS)).toEqual([]);
  });
});

describe('more devices than the system lets connect', () => {
  it('are carried over shared connections, each as itself, and marked simulated', async () => {
    const city = await startCity({
      dataDir: await directory(),
      env: { ...simulating(60), SIMULATE_HISTORY: 'off' },
      // 512 files are kept for other things: 20 of 60 devices have a connection of their own.
      under: ['sh', '-c', 'ulimit -n 552; exec "$@"', 'sh'],
    });
    onTestFinished(() => void city.kill());
    await city.line(/"own":20,"shared":40,"openFiles":552/);
    const plan = planFleet(60, SEED);
    const sound = plan.filter(({ seed }) => faultOf(seed) === undefined).map(({ device }) => device.id);
    for (const id of sound) {
      const { items } = await vi.waitFor(
        async () => {
          const latest = Latest.parse(await city.json(`/api/v1/devices/${id}/latest`));
          expect(latest.items.length, id).toBeGreaterThan(0);
          return latest;
        },
        { timeout: 30_000, interval: 200 },
      );
      for (const { flags } of items) expect(flags).toContain('simulated');
    }
    const { items } = Devices.parse(await city.json('/api/v1/devices?limit=1000'));
    expect(items.length).toBe(60);
    for (const device of items) expect(device).toMatchObject({ simulated: true, provider: 'simulated-city' });
    expect((await city.stop()).code).toBe(0);
  });
});

describe('devices with faults', () => {
  it('end in the quarantine with their reasons, and no others do', async () => {
    const city = await startCity({ dataDir: await directory() });
    onTestFinished(() => void city.kill());
    const plan = planFleet(4_000, SEED);
    const having = (fault: string | undefined) => plan.filter(({ seed }) => faultOf(seed) === fault);
    const ahead = having('clock').find(({ seed }) => clockError(seed, Date.now()) > 660_000);
    if (!ahead) throw new Error('no clock is far ahead');
    const chosen = [
      ...having(undefined).slice(0, 6),
      ...having('drift').slice(0, 2),
      ...having('duplicates').slice(0, 2),
    ];
    const broken = having('broken').slice(0, 3);

    const launches: Launch[] = [];
    for (const [i, simulated] of [...chosen, ...broken, ahead].entries())
      launches.push({ simulated, password: await register(city, simulated), carriage: i % 2 ? 'own' : 'shared' });
    const monitor = await city.connect(ahead.device.id, passwordIn(launches, ahead), { clientId: 'monitor' });
    const notices: unknown[] = [];
    monitor.on('message', (_, payload) => notices.push(JSON.parse(payload.toString())));
    await monitor.subscribeAsync(topicOf(ahead.device.domain, ahead.device.id, 'rejected'));

    const fleet = createFleet({
      mqtt: { host: '127.0.0.1', port: city.mqttPort },
      http: city.url,
      log: pino({ level: 'silent' }),
      firstWithinMs: 500,
    });
    onTestFinished(() => fleet.stop());
    await fleet.launch(launches);
    const lengthMs = 24 * HOUR_MS;
    await fleet.history(launches, lengthMs, { pending: async () => 0, sent: () => {} });
    await vi.waitFor(() => expect(notices).toContainEqual(expect.objectContaining({ reason: 'too-far-ahead' })), {
      timeout: 30_000,
    });
    await city.settled();

    for (const simulated of chosen) expect(await quarantineOf(city, simulated), simulated.device.id).toEqual([]);
    expect(new Set(await quarantineOf(city, ahead))).toEqual(new Set(['too-far-ahead']));
    for (const simulated of broken) {
      const expected = brokenIn(simulated, fleet.begun - lengthMs, fleet.begun);
      // The history has at least these; live readings may add their own.
      const reasons = await quarantineOf(city, simulated);
      expect(expected).toBeGreaterThan(0);
      expect(reasons.length).toBeGreaterThanOrEqual(expected);
      expect([...new Set(reasons)].sort()).toEqual(['inconvertible-unit', 'out-of-range']);
    }
    await monitor.endAsync();
  });
});

const passwordIn = (launches: readonly Launch[], { device }: SimulatedDevice) =>
  launches.find(({ simulated }) => simulated.device.id === device.id)?.password ?? '';

async function register(city: TestCity, { device }: SimulatedDevice): Promise<string> {
  const answer = await city.post('/api/v1/devices', device);
  const body: unknown = await answer.json();
  return z.object({ credential: z.object({ password: z.string() }) }).parse(body).credential.password;
}

async function quarantineOf(city: TestCity, { device }: SimulatedDevice): Promise<string[]> {
  const { items } = Quarantined.parse(await city.json(`/api/v1/quarantine?device=${device.id}&limit=1000`));
  return items.map(({ reason }) => reason);
}

/** How many of a broken device's readings of the history the city cannot store. */
function brokenIn(simulated: SimulatedDevice, from: number, to: number): number {
  return [...historyOf(simulated, from, to)].filter(({ readings, payload }) => readings === 1 && payload[0] === '{')
    .length;
}
