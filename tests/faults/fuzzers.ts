import { fuzzHttp } from './fuzz-http.ts';
import { fuzzMqtt } from './fuzz-mqtt.ts';

/** What a fuzzer found: rows for the report, and what must not be. */
export interface Fuzzed {
  readonly rows: readonly (readonly [name: string, value: number | string])[];
  readonly failures: readonly string[];
}

/** Malice in place of misfortune: a door of the city under generated input. */
export interface Fuzzer {
  readonly id: string;
  readonly title: string;
  readonly promise: string;
  /** How often it knocks in the long form. */
  readonly count: number;
  run(count: number, progress: (done: number) => void): Promise<Fuzzed>;
}

const SEED = 20_261_125;
const MIB = 2 ** 20;

const mqtt: Fuzzer = {
  id: 'mqtt',
  title: 'Mutated MQTT packets, before and after the CONNECT',
  promise: 'the process lives, the books are exact, a well-behaved device keeps what it was promised, nothing hangs',
  count: 100_000,
  async run(count, progress) {
    const found = await fuzzMqtt(count, SEED, progress);
    const [early, late] = found.memory;
    return {
      rows: [
        ['connections', found.connections],
        ['of them let in', found.letIn],
        ['acknowledged to the well-behaved device / stored', `${found.acknowledged} / ${found.stored}`],
        ['its longest wait, ms', found.slowestMs],
        ['sockets left open', found.leftOpen],
        ['resident memory after a tenth / after all, MiB', `${Math.round(early / MIB)} / ${Math.round(late / MIB)}`],
        ['faults', found.faults.length],
      ],
      failures: [
        ...(found.alive ? [] : ['the process does not answer']),
        ...(found.unbalanced === 0 ? [] : ['the books are not balanced']),
        ...(found.stored === found.acknowledged ? [] : ['acknowledged and stored differ']),
        ...(found.leftOpen === 0 ? [] : ['sockets are left open']),
        ...found.faults,
      ],
    };
  },
};

const http: Fuzzer = {
  id: 'http',
  title: 'HTTP requests generated from the city’s own OpenAPI document',
  promise: 'no answer of 500, none that tells something from inside, and the process lives',
  count: 50_000,
  async run(count, progress) {
    const { requests, statuses, faults, alive } = await fuzzHttp(count, SEED, progress);
    return {
      rows: [
        ['requests', requests],
        ...Object.entries(statuses).map(([status, answers]) => [`answered ${status}`, answers] as const),
        ['faults', faults.length],
      ],
      failures: [...(alive ? [] : ['the process does not answer']), ...faults],
    };
  },
};

export const FUZZERS: readonly Fuzzer[] = [mqtt, http];
