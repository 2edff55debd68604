import { expect, it, onTestFinished } from 'vitest';
import { startInfluxd } from '../helpers/influxd.ts';
import { withTool } from '../helpers/tools.ts';
import { inShort } from './harness/in-short.ts';
import { failuresOf, play } from './harness/play.ts';
import { kill } from './scenarios/kill.ts';

inShort(kill);

await withTool(['influxd'], 'with a real influxd', () => {
  it(`${kill.title}: ${kill.promise}`, async () => {
    const influxd = await startInfluxd();
    onTestFinished(() => influxd.stop());
    const env = { STORE: 'influxdb', INFLUX_URL: influxd.url };
    const outcome = await play(kill, 'short', undefined, env);
    expect(failuresOf(kill, outcome)).toEqual([]);
    expect(outcome.figures.acknowledged).toBeGreaterThan(0);
  });
});
