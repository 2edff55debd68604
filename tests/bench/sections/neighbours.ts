import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { startCity, type TestCity } from '../../helpers/city.ts';
import { type RunningProcess, startProcess } from '../../helpers/process.ts';
import { temporaryDirectory } from '../../helpers/temporary.ts';
import { filledStore } from '../queries.ts';
import { pause, percentile, type Section, whole } from '../section.ts';
import { registerFleet } from '../throughput.ts';

/** The others: what they send, and in how long a window they are looked at. */
const VICTIMS = 50;
const RATE = 20;
const IDLE = 10_000;
/** 16 connections of a credential are allowed. */
const DEVICES = VICTIMS + Math.ceil(IDLE / 16);
/** More would only make the filling longer: the dearest query looks at a week. */
const OBSERVATIONS_AT_MOST = 5_000_000;

/** A window in which nothing was acknowledged has no figure (JSON has no NaN): it counts as endless. */
const figure = z
  .number()
  .nullable()
  .transform((ms) => ms ?? Number.POSITIVE_INFINITY);
const Window = z.object({ p50: figure, p99: figure, count: z.number(), disconnected: z.number() });
type Window = z.infer<typeof Window>;

interface Neighbour {
  readonly name: string;
  readonly kind: string;
  readonly count: number;
  readonly args?: readonly string[];
}

interface Figures {
  readonly name: string;
  readonly without: readonly Window[];
  readonly beside: readonly Window[];
}

const script = (name: string): string => fileURLToPath(new URL(`../neighbours/${name}`, import.meta.url));
const median = (numbers: readonly number[]): number => percentile(numbers, 0.5);
const rss = async (pid: number): Promise<number> =>
  Number(/VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1_024;

const program = (name: string, args: readonly string[]): readonly [string, ...string[]] => [
  process.execPath,
  ...['--import', 'tsx', script(name), ...args],
];
const run = (name: string, args: readonly string[]): Promise<RunningProcess> => {
  const [command, ...rest] = program(name, args);
  return startProcess(command, rest);
};
/** With what the city and the others leave of the processor: a neighbour has a machine of its own, and takes none of the city's. */
const runBehind = (name: string, args: readonly string[]): Promise<RunningProcess> =>
  startProcess('nice', ['-n', '19', ...program(name, args)]);

async function observer(city: TestCity): Promise<{ username: string; password: string }> {
  const answer = await city.post('/api/v1/observers', { username: 'wall' });
  const made = z.object({ credential: z.object({ username: z.string(), password: z.string() }) });
  return made.parse(await answer.json()).credential;
}

/** Waits until only the victims are there, and a little longer. */
async function calm(city: TestCity): Promise<void> {
  const sessions = async () => {
    const text = await fetch(`${city.url}/metrics`).then(
      (answer) => answer.text(),
      () => '',
    );
    return Number(/^nhip_broker\{kind="sessions"\} (\d+)$/m.exec(text)?.[1] ?? Number.POSITIVE_INFINITY);
  };
  while ((await sessions()) > VICTIMS) await pause(200);
  await pause(2_000);
}

/** The other devices, and what of them was measured. */
async function startVictims(city: TestCity, file: string) {
  const child = await run('victims.ts', ['--port', `${city.mqttPort}`, '--credentials', file, '--rate', `${RATE}`]);
  await child.line(/^connected$/m, 60_000);
  let asked = 0;
  return {
    async window(seconds: number): Promise<Window> {
      child.write(`window ${seconds}\n`);
      asked += 1;
      const lines = new RegExp(`^(?:(?!\\{).*\\n)*(?:\\{.*\\n){${asked}}`);
      await child.line(lines, (seconds + 60) * 1_000);
      return Window.parse(JSON.parse(child.stdout().trim().split('\n').at(-1) ?? ''));
    },
    stop: () => child.kill('SIGKILL'),
  };
}

/** Every neighbour in turn: windows without and beside it, one after the other, several times over. */
async function measure(seconds: number, rounds: number, observations: number, progress: (line: string) => void) {
  const folder = await temporaryDirectory();
  const { from, to } = await filledStore(folder.path, Math.min(observations, OBSERVATIONS_AT_MOST), progress);
  // As it runs by default: the tests' own exemption from the API's limits taken back.
  const city = await startCity({ dataDir: folder.path, env: { API_RATE: undefined } });
  try {
    const credentials = await registerFleet(city, DEVICES);
    const save = async (name: string, some: unknown): Promise<string> => {
      const path = join(folder.path, name);
      await writeFile(path, JSON.stringify(some), { mode: 0o600 });
      return path;
    };
    const [own, others, wall] = [
      await save('victims.json', credentials.slice(0, VICTIMS)),
      await save('neighbours.json', credentials.slice(VICTIMS)),
      await save('wall.json', [await observer(city)]),
    ];
    const key = (await readFile(join(folder.path, 'admin.key'), 'utf8')).trim();
    const range = `from=${from}&to=${to}`;
    const dearest = [
      `/api/v1/aggregates?metric=mean_speed&window=1h&group_by=area&domain=traffic&fn=p95&${range}`,
      `/api/v1/observations?metric=mean_speed&limit=10000&${range}`,
    ];
    const asking = ['--url', city.url, '--key', key, ...dearest.flatMap((path) => ['--path', path])];
    const neighbours: readonly Neighbour[] = [
      {
        name: 'for comparison: a program beside the city that sends it nothing and keeps a core busy',
        kind: 'busy',
        count: 1,
      },
      { name: 'a flooder, QoS 0', kind: 'flood-0', count: 1 },
      { name: 'a flooder, QoS 1', kind: 'flood-1', count: 1 },
      { name: 'a reader of `city/#` that never reads', kind: 'reader', count: 1, args: ['--credentials', wall] },
      { name: 'a sender of payloads that are no JSON, at full speed', kind: 'bad-payload', count: 1 },
      { name: '8 that connect again and again and send what is no MQTT', kind: 'bad-packet', count: 8 },
      { name: '8 that connect again and again with wrong passwords', kind: 'wrong-password', count: 8 },
      { name: 'a trickler with 5,000 in flight', kind: 'trickler', count: 1 },
      { name: `${whole(IDLE)} idle connections`, kind: 'idle', count: IDLE },
      { name: 'a partner with the dearest queries in a loop, 8 at a time', kind: 'asker', count: 8, args: asking },
    ];
    const victims = await startVictims(city, own);
    await victims.window(Math.min(5, seconds));
    const figures: Figures[] = [];
    let idleBytes = Number.NaN;
    for (const { name, kind, count, args = [] } of neighbours) {
      progress(name);
      const without: Window[] = [];
      const beside: Window[] = [];
      for (let round = 0; round < rounds; round += 1) {
        without.push(await victims.window(seconds));
        const before = await rss(city.pid);
        const trouble = await runBehind('trouble.ts', [
          ...['--kind', kind, '--count', `${count}`, '--port', `${city.mqttPort}`, '--credentials', others, ...args],
        ]);
        await trouble.line(/^ready$/m, 180_000);
        await pause(1_000);
        if (kind === 'idle' && round === 0) idleBytes = ((await rss(city.pid)) - before) / count;
        beside.push(await victims.window(seconds));
        await trouble.kill('SIGKILL');
        await calm(city);
      }
      const done = { name, without, beside };
      figures.push(done);
      progress(
        `  p99 ${median(without.map(({ p99 }) => p99)).toFixed(1)} → ${median(beside.map(({ p99 }) => p99)).toFixed(1)} ms`,
      );
    }
    await victims.stop();
    return { figures, idleBytes };
  } finally {
    await city.stop();
    await folder.remove();
  }
}

function render({ figures, idleBytes }: Awaited<ReturnType<typeof measure>>, seconds: number): string[] {
  const ms = (value: number): string => value.toFixed(1);
  const row = ({ name, without, beside }: Figures): string => {
    const ratios = (of: (window: Window) => number) =>
      median(beside.map((window, i) => of(window) / of(without[i] ?? window)));
    const all = (windows: readonly Window[], of: (window: Window) => number) => ms(median(windows.map(of)));
    const p50 = (window: Window) => window.p50;
    const p99 = (window: Window) => window.p99;
    return `| ${name} | ${all(without, p50)} → ${all(beside, p50)} | ${all(without, p99)} → ${all(beside, p99)} | ${ratios(p99).toFixed(2)} |`;
  };
  return [
    '## Bad neighbours',
    '',
    `${VICTIMS} devices send ${RATE} messages a second each with QoS 1; how long each waits for its acknowledgement, without and beside a`,
    `neighbour, in windows of ${seconds} s taken in turn ${figures[0]?.beside.length} times. The last column is the median of the ratios of p99; 2 is the most it may be.`,
    'Limits are the default ones. Neighbours run on the same machine, with the lowest priority: in life they have one of their own. The first',
    'row is what is left of that: what the machine alone does.',
    '',
    '| neighbour | p50 ms | p99 ms | p99 times |',
    '|---|---|---|---|',
    ...figures.map(row),
    '',
    `An idle connection takes ${(idleBytes / 1_024).toFixed(1)} KiB of resident memory.`,
  ];
}

export const neighbours: Section = {
  name: 'neighbours',
  async measure({ seconds, observations, progress }) {
    const window = Math.min(10, seconds);
    // A short look settles for fewer rounds.
    return render(await measure(window, seconds < 10 ? 3 : 5, observations, progress), window);
  },
};
