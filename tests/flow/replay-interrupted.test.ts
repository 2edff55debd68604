import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext, vi } from 'vitest';
import { startCity } from '../helpers/city.ts';
import { freePorts } from '../helpers/ports.ts';
import { BASE, ReplaySummary, STEP, sensorCsv, sensorMapping, startReplay, towards } from '../helpers/replay.ts';
import { temporaryDirectory } from '../helpers/temporary.ts';

describe('a city that goes away in the middle of a replay', () => {
  const ROWS = 800;
  /** The first readings of a device take their time, ten seconds in all; the rest are over in a moment. */
  const times = Array.from({ length: ROWS / 2 }, (_, i) => BASE + (i < 40 ? i * STEP : i));

  /** A replay over MQTT and one over HTTP, and the city killed once it has some of each. */
  async function interrupted(
    { expect, onTestFinished }: TestContext,
    env: Record<string, string>,
    more: readonly string[] = [],
  ) {
    const folder = await temporaryDirectory();
    onTestFinished(() => folder.remove());
    const dataDir = folder.path;
    const file = join(dataDir, 'counts.csv');
    await writeFile(file, sensorCsv(['a', 'b'], times));
    const city = await startCity({ dataDir, env });
    const replays = await Promise.all(
      ['mqtt', 'http'].map((transport) => {
        const target = { city, dataDir, credentials: join(dataDir, `${transport}.json`) };
        const options = ['--transport', transport, '--provider', transport, '--speed', '20', '--json', ...more];
        return startReplay([...sensorMapping(file, `${transport}-`), ...towards(target), ...options]);
      }),
    );
    await vi.waitFor(async () => {
      const { providers } = await city.ledger();
      expect(providers.filter(({ messages }) => messages.accepted > 4)).toHaveLength(2);
    }, 60_000);
    await city.kill();
    return { dataDir, replays };
  }

  // Most of their time they wait, so they do it together.
  it.concurrent('and comes back has every row in the end, once', async (context) => {
    const { expect, onTestFinished } = context;
    const [http = 0, mqtt = 0] = await freePorts(2);
    const env = { PORT: String(http), MQTT_PORT: String(mqtt) };
    const { dataDir, replays } = await interrupted(context, env);
    const city = await startCity({ dataDir, env });
    onTestFinished(async () => {
      await city.stop();
    });
    for (const running of replays) {
      expect((await running.exited).code).toBe(0);
      expect(ReplaySummary.parse(JSON.parse(running.stdout()))).toMatchObject({
        sent: ROWS,
        acknowledged: ROWS,
        failed: 0,
        unsent: 0,
      });
    }
    expect((await city.settled()).observations).toMatchObject({ stored: 2 * ROWS, corrected: 0, quarantined: 0 });
  });

  it.concurrent('for good is given up, and what is missing is counted', async (context) => {
    const { expect } = context;
    const { replays } = await interrupted(context, {}, ['--give-up', '2']);
    for (const running of replays) {
      expect((await running.exited).code).toBe(1);
      const { sent, acknowledged, failed, unsent } = ReplaySummary.parse(JSON.parse(running.stdout()));
      expect([acknowledged + failed, sent + unsent]).toEqual([sent, ROWS]);
      expect(Math.min(acknowledged, failed, unsent)).toBeGreaterThan(0);
    }
  });
});
