import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { Playback, Volume } from '../../model/playback.ts';
import { archiveOf } from '../helpers/archive.ts';
import { startCity } from '../helpers/city.ts';
import { temporaryDirectory } from '../helpers/temporary.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

it('a running city plays what is archived only', async () => {
  const folder = await temporaryDirectory();
  onTestFinished(() => folder.remove());
  const noon = Math.floor((Date.now() - 100 * DAY) / DAY) * DAY + 12 * HOUR;
  const told = [1, 2, 3].map((value) => ({
    ...{ device: 'counter-1', metric: 'mean_speed', time: noon + value * 1_000, value, received: noon + HOUR },
    ...{ quality: 'valid' as const, flags: [] },
  }));
  await archiveOf(join(folder.path, 'archive'), told);
  const city = await startCity({ dataDir: folder.path });
  onTestFinished(async () => {
    await city.stop();
  });
  await city.register({ id: 'counter-1' });
  const asked = `metric=mean_speed&from=${noon}&to=${noon + HOUR}&step=PT15M`;
  const ask = async (path: string) => (await city.api(`/api/v1/${path}/traffic?${asked}`)).json();
  const { series } = Playback.parse(await ask('playback'));
  expect(series.map(({ values }) => values)).toEqual([[3, null, null, null]]);
  const { items } = Volume.parse(await ask('volume'));
  expect(items.map(({ observations, devices }) => [observations, devices])).toEqual([
    [3, 1],
    [0, 0],
    [0, 0],
    [0, 0],
  ]);
});
