import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { startCity, type TestCity } from '../helpers/city.ts';
import { run } from '../helpers/process.ts';
import { temporaryDirectory } from '../helpers/temporary.ts';
import { findTool, withTool } from '../helpers/tools.ts';

/** The programs of docs/devices.md are run as they stand there. */
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const Latest = z.object({ items: z.array(z.object({ metric: z.string(), value: z.number() })) });

/** The code blocks of a language below a heading of the document. */
function blocksOf(markdown: string, heading: string, language: string): string[] {
  const section = markdown.split(/^#+ /m).find((text) => text.startsWith(`${heading}\n`)) ?? '';
  return [...section.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(
    ([, code]) => code ?? '',
  );
}

describe('the examples of docs/devices.md', () => {
  let folder: Awaited<ReturnType<typeof temporaryDirectory>>;
  let city: TestCity;
  let env: Record<string, string>;
  let markdown: string;
  beforeAll(async () => {
    markdown = await readFile(join(ROOT, 'docs/devices.md'), 'utf8');
    folder = await temporaryDirectory();
    city = await startCity({ dataDir: join(folder.path, 'data') });
    const PASSWORD = await city.register({ id: 'counter-trang-tien' });
    env = { CITY: city.url, CITY_HOST: '127.0.0.1', CITY_MQTT_PORT: String(city.mqttPort), PASSWORD };
  });
  afterAll(async () => {
    await city?.stop();
    await folder?.remove();
  });

  async function latest(): Promise<Record<string, number>> {
    const { items } = Latest.parse(await city.json('/api/v1/devices/counter-trang-tien/latest'));
    return Object.fromEntries(items.map(({ metric, value }) => [metric, value]));
  }

  const shows = (values: Record<string, unknown>) =>
    vi.waitFor(async () => expect(await latest()).toMatchObject(values), { timeout: 10_000 });

  it('over HTTP: 202, and the reading is there', async () => {
    const [, curl = ''] = blocksOf(markdown, 'mosquitto_pub', 'bash');
    const { code, stderr } = await run('bash', ['-c', curl], { env });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    await shows({ mean_speed: 30.5 });
  });

  it('in Node, as a module of its own', async () => {
    const [program = ''] = blocksOf(markdown, 'Node', 'js');
    const place = join(folder.path, 'program');
    await mkdir(join(place, 'node_modules'), { recursive: true });
    await symlink(join(ROOT, 'node_modules/mqtt'), join(place, 'node_modules/mqtt'));
    await writeFile(join(place, 'device.mjs'), program);
    const { code, stderr } = await run(process.execPath, [join(place, 'device.mjs')], { env });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    await shows({ mean_speed: 29.5, vehicle_count: 17 });
  });

  it('shows a message with every field as the city takes it', async () => {
    const [message = ''] = blocksOf(markdown, 'What a message is', 'json');
    const now = message.replace(/"time": "[^"]*"/, `"time": "${new Date().toISOString()}"`);
    const answer = await fetch(`${city.url}/api/v1/devices/counter-trang-tien/telemetry`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`counter-trang-tien:${env.PASSWORD}`).toString('base64')}`,
        'content-type': 'application/json',
      },
      body: now,
    });
    expect(answer.status).toBe(202);
    // 31.5 m/s are 113.4 km/h.
    await shows({ mean_speed: expect.closeTo(113.4) });
  });

  it('registers its device by the command line', async () => {
    const [command = ''] = blocksOf(markdown, 'Connecting a device', 'bash');
    const own = { ...env, DATA_DIR: join(folder.path, 'data') };
    const other = command.replaceAll('counter-trang-tien', 'counter-hang-bai');
    const { code, stdout } = await run('bash', ['-c', other], { cwd: ROOT, env: own });
    expect(code).toBe(0);
    expect(stdout).toContain('counter-hang-bai');
    expect((await city.api('/api/v1/devices/counter-hang-bai')).status).toBe(200);
  });
});

await withTool(['mosquitto_pub'], 'the example with mosquitto_pub', () => {
  it('returns 0 when the reading is kept', async () => {
    const folder = await temporaryDirectory();
    const city = await startCity({ dataDir: folder.path });
    try {
      const markdown = await readFile(join(ROOT, 'docs/devices.md'), 'utf8');
      const PASSWORD = await city.register({ id: 'counter-trang-tien' });
      const [command = ''] = blocksOf(markdown, 'mosquitto_pub', 'bash');
      const tool = await findTool('mosquitto_pub');
      if (!tool) throw new Error('there is no mosquitto_pub');
      const env = { PASSWORD, CITY_HOST: '127.0.0.1', CITY_MQTT_PORT: String(city.mqttPort), ...tool.env };
      const path = `${dirname(tool.path)}:${process.env.PATH}`;
      expect(await run('bash', ['-c', command], { env: { ...env, PATH: path } })).toMatchObject({
        code: 0,
        stderr: '',
      });
      await vi.waitFor(async () => {
        const { items } = Latest.parse(await city.json('/api/v1/devices/counter-trang-tien/latest'));
        expect(items.map(({ metric, value }) => [metric, value])).toEqual([
          ['mean_speed', 31.5],
          ['vehicle_count', 12],
        ]);
      });
    } finally {
      await city.stop();
      await folder.remove();
    }
  });
});
