import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { topicOf } from '../../model/topic.ts';
import { startCity, type TestCity } from '../helpers/city.ts';
import { run } from '../helpers/process.ts';
import { temporaryDirectory } from '../helpers/temporary.ts';
import { findTool, type ToolName, withTool } from '../helpers/tools.ts';

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

/** A program of others that an example needs; the suite that asks is there only where it is. */
async function program(name: ToolName) {
  const tool = await findTool(name);
  if (!tool) throw new Error(`there is no ${name}`);
  return tool;
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

  it('of LoRaWAN: the key and the device by the command line, and an uplink', async () => {
    const [commands = '', curl = ''] = blocksOf(markdown, 'LoRaWAN', 'bash');
    const made = await run('bash', ['-ec', commands], {
      cwd: ROOT,
      env: { ...env, DATA_DIR: join(folder.path, 'data') },
    });
    expect(made.code).toBe(0);
    const [UPLINKS_KEY = ''] = made.stdout.split('\n');
    const { code, stdout, stderr } = await run('bash', ['-c', curl], { env: { ...env, UPLINKS_KEY } });
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '{"accepted":1}', stderr: '' });
    await vi.waitFor(
      async () => {
        const { items } = Latest.parse(await city.json('/api/v1/devices/eui-24e124707c141234/latest'));
        expect(items.map(({ metric, value }) => [metric, value]).sort()).toEqual([
          ['co2', 453],
          ['indoor_temperature', 28],
        ]);
      },
      { timeout: 10_000 },
    );
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

await withTool(['mosquitto_pub'], 'the examples with mosquitto_pub', () => {
  let folder: Awaited<ReturnType<typeof temporaryDirectory>>;
  let city: TestCity;
  let env: Record<string, string>;
  let markdown: string;
  beforeAll(async () => {
    markdown = await readFile(join(ROOT, 'docs/devices.md'), 'utf8');
    const tool = await program('mosquitto_pub');
    folder = await temporaryDirectory();
    city = await startCity({ dataDir: folder.path });
    const PASSWORD = await city.register({ id: 'counter-trang-tien' });
    const PATH = `${dirname(tool.path)}:${process.env.PATH}`;
    env = {
      CITY: city.url,
      CITY_HOST: '127.0.0.1',
      CITY_MQTT_PORT: String(city.mqttPort),
      PASSWORD,
      ...tool.env,
      PATH,
    };
  });
  afterAll(async () => {
    await city?.stop();
    await folder?.remove();
  });

  it.each([
    ['the reading', 'mosquitto_pub', 0, { mean_speed: 31.5, vehicle_count: 12 }],
    ['SenML', 'Formats', 0, { mean_speed: expect.closeTo(27), vehicle_count: 8 }],
    ['SenML in CBOR', 'Formats', 1, { mean_speed: 28, vehicle_count: 8 }],
    ['line protocol', 'Formats', 2, { mean_speed: 26.5, vehicle_count: 9 }],
  ])('returns 0 when %s is kept', async (_, heading, index, expected) => {
    const before = await city.settled();
    const { code, stderr } = await run('bash', ['-c', blocksOf(markdown, heading, 'bash')[index] ?? 'false'], { env });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    await vi.waitFor(
      async () => {
        const { items } = Latest.parse(await city.json('/api/v1/devices/counter-trang-tien/latest'));
        expect(Object.fromEntries(items.map(({ metric, value }) => [metric, value]))).toEqual(expected);
      },
      { timeout: 10_000 },
    );
    const { observations } = await city.settled();
    expect(observations.stored).toBeGreaterThan(before.observations.stored);
    expect(observations.quarantined).toBe(0);
  });
});

await withTool(['python3'], 'the example in Python', () => {
  it('ends when the reading is kept, and fails where the city does not let it in', async () => {
    const [code = ''] = blocksOf(await readFile(join(ROOT, 'docs/devices.md'), 'utf8'), 'Python', 'python');
    const python = await program('python3');
    const folder = await temporaryDirectory();
    const city = await startCity({ dataDir: folder.path });
    try {
      const PASSWORD = await city.register({ id: 'counter-trang-tien' });
      const env = { CITY_HOST: '127.0.0.1', CITY_MQTT_PORT: String(city.mqttPort), PASSWORD, ...python.env };
      expect(await run(python.path, ['-c', code], { env })).toMatchObject({ code: 0, stdout: '', stderr: '' });
      await city.settled();
      const { items } = Latest.parse(await city.json('/api/v1/devices/counter-trang-tien/latest'));
      expect(Object.fromEntries(items.map(({ metric, value }) => [metric, value]))).toEqual({
        mean_speed: 28.5,
        vehicle_count: 9,
      });
      const wrong = await run(python.path, ['-c', code], { env: { ...env, PASSWORD: 'not-the-password' } });
      expect(wrong.code).toBe(1);
      expect(wrong.stderr).toMatch(/MQTTException|not authori[sz]ed/i);
    } finally {
      await city.stop();
      await folder.remove();
    }
  });
});

async function sketch(): Promise<string> {
  const [code = ''] = blocksOf(await readFile(join(ROOT, 'docs/devices.md'), 'utf8'), 'Arduino-style C', 'c');
  return code;
}

describe('the sketch', () => {
  it('publishes a reading on the topic of its device, whatever it measured', async () => {
    const code = await sketch();
    const [, before = '', after = ''] = /= String\("(.*)"\) \+ .* \+ "(.*)";/.exec(code) ?? [];
    // Escapes of C strings are those of JSON here.
    const text = (literal: string) => z.string().parse(JSON.parse(`"${literal}"`));
    expect(JSON.parse(`${text(before)}12.34${text(after)}`)).toEqual({ values: { mean_speed: 12.34 } });
    const [, topic] = /publish\("([^"]*)"/.exec(code) ?? [];
    expect(topic).toBe(topicOf('traffic', 'counter-trang-tien', 'telemetry'));
  });
});

await withTool(['g++'], 'the sketch, by a C++ compiler', () => {
  it('is accepted, with Arduino’s own declarations and every warning', async () => {
    const code = await sketch();
    const { path, env } = await program('g++');
    const headers = join(ROOT, 'tests/helpers/arduino');
    const strict = ['-std=gnu++17', '-Wall', '-Wextra', '-Werror', '-fsyntax-only'];
    // As Arduino's own builder does: its header comes first.
    const compile = (input: string) =>
      run(path, ['-x', 'c++', ...strict, '-I', headers, '-include', 'Arduino.h', '-'], { env, input });
    expect(await compile(code)).toMatchObject({ code: 0, stderr: '' });
    // The compiler does look: without its device's password the sketch is none.
    expect((await compile(code.replace(', "PASSWORD"', ''))).code).not.toBe(0);
  });
});
