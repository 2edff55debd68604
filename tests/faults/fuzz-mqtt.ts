import { readFile } from 'node:fs/promises';
import net from 'node:net';
import { join } from 'node:path';
import mqttPacket from 'mqtt-packet';
import { startCity, type TestCity } from '../helpers/city.ts';
import { INNER_TEXT } from '../helpers/openapi-requests.ts';
import { temporaryDirectory } from '../helpers/temporary.ts';
import { unbalanced } from './harness/verify.ts';
import { type Chance, chance, mutant, type Speaker } from './mutant-packets.ts';

/** Connections at a time, and devices that make them. */
const AT_ONCE = 48;
/** A socket that the city neither answers nor closes for so long hangs: it gives a stranger ten seconds. */
const HANGING_MS = 30_000;
/** How long a client that is not patient waits for its answers. */
const STAY_MS = 500;
/** pino's number of the level `error`. */
const ERROR = 50;

export interface MqttFuzzOutcome {
  readonly connections: number;
  /** Connections that got a CONNACK with return code 0 before they went wrong. */
  readonly letIn: number;
  /** The same process still answered in the end. */
  readonly alive: boolean;
  /** What the well-behaved device was acknowledged meanwhile, and how much of that is stored. */
  readonly acknowledged: number;
  /** Its longest wait for an acknowledgement, ms. */
  readonly slowestMs: number;
  readonly stored: number;
  /** How far the books are from balanced; 0 is right. */
  readonly unbalanced: number;
  /** Sockets of the fuzzer that are still open at the city. */
  readonly leftOpen: number;
  /** Resident memory, bytes, after a tenth of the connections and after all. */
  readonly memory: readonly [early: number, late: number];
  /** Answers that were no MQTT or told something from inside, hanging sockets, and errors in the city's log. */
  readonly faults: readonly string[];
}

/** Everything a connection was answered; undefined where it hangs. */
function converse(port: number, bytes: Buffer, random: Chance): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const answers: Buffer[] = [];
    const socket = net.connect({ port, host: '127.0.0.1', noDelay: true });
    const hanging = setTimeout(() => {
      socket.destroy();
      resolve(undefined);
    }, HANGING_MS);
    socket.on('error', () => {});
    socket.on('data', (data) => answers.push(data));
    socket.once('close', () => {
      clearTimeout(hanging);
      clearTimeout(leaving);
      resolve(Buffer.concat(answers));
    });
    const abruptly = random.below(4) === 0;
    // Most do not stay to see what becomes of what they left half said.
    const patient = random.below(20) === 0;
    const leaving = patient ? undefined : setTimeout(() => socket.destroy(), STAY_MS);
    for (let at = 0; at < bytes.length; ) {
      const next = Math.min(bytes.length, at + 1 + random.below(bytes.length));
      socket.write(bytes.subarray(at, next));
      at = next;
    }
    if (abruptly) socket.write('', () => socket.destroy());
    else socket.end();
  });
}

/** What is wrong with an answer; empty where nothing is. */
function faultsOf(answer: Buffer, what: string): readonly string[] {
  const faults: string[] = [];
  const parser = mqttPacket.parser();
  parser.on('error', (error) => faults.push(`${what}: answered no MQTT: ${error.message}`));
  parser.parse(answer);
  const told = INNER_TEXT.exec(answer.toString('latin1'));
  if (told) faults.push(`${what}: answered ${told[0]}`);
  return faults;
}

async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024;
}

/** Publishes one message after the other and waits for each acknowledgement, until it is stopped. */
function behave(city: TestCity, password: string) {
  let acknowledged = 0;
  let slowestMs = 0;
  let stopped = false;
  const begin = Date.now() - 86_400_000;
  const done = (async () => {
    const client = await city.connect('good-1', password);
    for (; !stopped; acknowledged++) {
      const message = { time: begin + acknowledged, values: { mean_speed: 30 } };
      const sent = performance.now();
      await client.publishAsync('city/traffic/good-1/telemetry', JSON.stringify(message), { qos: 1 });
      slowestMs = Math.max(slowestMs, performance.now() - sent);
    }
    await client.endAsync();
  })();
  return {
    async stop(): Promise<{ acknowledged: number; slowestMs: number }> {
      stopped = true;
      await done;
      return { acknowledged, slowestMs };
    },
  };
}

/** Observations stored of the well-behaved device, which is its provider's only one. */
async function storedOf(city: TestCity): Promise<number> {
  const ledger = await city.settled();
  return ledger.providers.find(({ id }) => id === 'good')?.observations.stored ?? 0;
}

/** Sockets at the broker, as /metrics says. */
async function openSockets(city: TestCity): Promise<number> {
  const text = await (await city.api('/metrics')).text();
  return Number(/^nhip_broker\{kind="openSockets"\} (\d+)$/m.exec(text)?.[1] ?? Number.NaN);
}

/** The lines of the log that are errors. */
export function errorsIn(log: string): string[] {
  return log.split('\n').filter((line) => {
    const level: unknown = line.startsWith('{') ? JSON.parse(line).level : undefined;
    return (typeof level === 'number' && level >= ERROR) || /^\s+at |UnhandledPromise|Uncaught/.test(line);
  });
}

/** Sends mutated packets over sockets to a whole city in a process of its own. `progress` hears how many are done. */
export async function fuzzMqtt(
  connections: number,
  seed: number,
  progress: (done: number) => void,
): Promise<MqttFuzzOutcome> {
  const folder = await temporaryDirectory();
  const city = await startCity({ dataDir: join(folder.path, 'data') });
  try {
    const register = async (id: string, provider: string): Promise<Speaker> => ({
      id,
      password: await city.register({ id, provider }),
    });
    const known: Speaker[] = [];
    for (let i = 0; i < AT_ONCE; i++) known.push(await register(`fuzz-${i}`, 'fuzzed'));
    const stranger = await register('fuzz-stranger', 'fuzzed');
    const good = await register('good-1', 'good');
    const wellBehaved = behave(city, good.password);
    const faults: string[] = [];
    let started = 0;
    let done = 0;
    let letIn = 0;
    let early = 0;
    await Promise.all(
      known.map(async (speaker) => {
        while (started < connections && faults.length < 20) {
          const number = started++;
          const random = chance(seed + number);
          const answer = await converse(city.mqttPort, mutant(stranger, speaker, random), random);
          if (!answer) faults.push(`${number}: neither answered nor closed`);
          else faults.push(...faultsOf(answer, `${number}`));
          if (answer?.[0] === 0x20 && answer[3] === 0) letIn += 1;
          if (++done === Math.ceil(connections / 10)) early = await residentBytes(city.pid);
          progress(done);
        }
      }),
    );
    const { acknowledged, slowestMs } = await wellBehaved.stop();
    const stored = await storedOf(city);
    const ledger = await city.settled();
    // What a client left half said is closed within the time to connect.
    const deadline = Date.now() + HANGING_MS;
    let leftOpen = await openSockets(city);
    while (leftOpen > 0 && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      leftOpen = await openSockets(city);
    }
    faults.push(...errorsIn(city.stderr()));
    return {
      ...{ connections: done, letIn, alive: (await city.api('/healthz')).ok, acknowledged, slowestMs, stored },
      ...{ unbalanced: unbalanced(ledger), leftOpen, memory: [early, await residentBytes(city.pid)], faults },
    };
  } finally {
    await city.stop();
    await folder.remove();
  }
}
