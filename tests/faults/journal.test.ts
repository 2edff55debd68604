import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished, vi } from 'vitest';
import { openJournal, openJournalReader } from '../../storage/journal/lmdb.ts';
import type { JournalRecord } from '../../storage/journal/port.ts';
import { run, startProcess } from '../helpers/process.ts';
import { temporaryDirectory } from '../helpers/temporary.ts';
import { findTool, withTool } from '../helpers/tools.ts';
import { parseTrace, printed, type TracedCall } from './trace.ts';

const SCRIPT = fileURLToPath(new URL('./journal-load.ts', import.meta.url));
const loadArguments = (load: object) => ['--import', 'tsx', SCRIPT, JSON.stringify(load)];

async function directory(): Promise<string> {
  const { path, remove } = await temporaryDirectory();
  onTestFinished(remove);
  return path;
}

/** Runs the load under strace with a fault injected, however it ends; once it is open, its disk calls come from one thread. */
async function attempted(load: { path: string; [option: string]: unknown }, inject?: string) {
  const strace = await findTool('strace');
  if (!strace) throw new Error('strace has gone');
  const output = join(load.path, 'trace');
  const options = [
    '-f',
    '--seccomp-bpf',
    '-qq',
    '-s',
    '70000',
    '-e',
    'trace=fdatasync,pwrite64,writev,write',
    '-o',
    output,
  ];
  const injection = inject === undefined ? [] : ['-e', `inject=${inject}`];
  const log = join(load.path, 'log');
  const program = [process.execPath, ...loadArguments({ ...load, path: join(load.path, 'journal'), said: log })];
  const ended = await run(strace.path, [...options, ...injection, ...program], {
    env: { ...strace.env, UV_THREADPOOL_SIZE: '1' },
  });
  const lines = await readFile(log, 'utf8');
  return { ended, lines, calls: parseTrace(await readFile(output, 'utf8')), ...said(lines) };
}

/** As `attempted`, of a load that must come to its end. */
async function traced(...given: Parameters<typeof attempted>) {
  const { ended, lines, ...rest } = await attempted(...given);
  expect(ended, ended.stderr).toMatchObject({ code: 0 });
  expect(lines).toContain('done\n');
  return rest;
}

/** What the load said: sequence numbers of acknowledged entries, errors of the others, and never a leak. */
function said(lines: string): { acks: Map<string, number>; fails: Map<string, string> } {
  expect(lines).not.toContain('leak');
  const of = (pattern: RegExp) => [...lines.matchAll(pattern)].map(([, id = '', rest = '']) => [id, rest] as const);
  return {
    acks: new Map(of(/^ack (\S+) (\d+)\n/gm).map(([id, seq]) => [id, Number(seq)])),
    fails: new Map(of(/^fail (\S+) (\w+)\n/gm)),
  };
}

const idOf = (record: JournalRecord) => /<(.*)>/.exec(Buffer.from(record.payload).toString())?.[1] ?? '';

/** Opens the journal again: no gap, every acknowledged entry there once in its place, counts that agree. Returns the ids. */
async function audit(path: string, acks: ReadonlyMap<string, number>): Promise<string[]> {
  const writer = await openJournal({ path });
  const reader = await openJournalReader({ path });
  try {
    const records = reader.read(0, Number.MAX_SAFE_INTEGER);
    expect(records.every(({ seq }, i) => seq === i + 1)).toBe(true);
    expect(writer.head()).toBe(records.length);
    const ids = records.map(idOf);
    expect(new Set(ids).size).toBe(ids.length);
    expect([...acks].filter(([id, seq]) => ids[seq - 1] !== id)).toEqual([]);
    const counted = new Map<string, number>();
    for (const { provider, device } of records) {
      counted.set(`${provider} ${device}`, (counted.get(`${provider} ${device}`) ?? 0) + 1);
    }
    const accepted = writer.accepted().map((count) => [`${count.provider} ${count.device}`, count.accepted] as const);
    expect(new Map(accepted)).toEqual(counted);
    return ids;
  } finally {
    await reader.close();
    await writer.close();
  }
}

const succeeded = ({ name, result }: TracedCall) => name === 'fdatasync' && result === 0;
const isMeta = ({ name, text }: TracedCall) => name === 'pwrite64' && /, 128, \d+$/.test(text);
/** Single pages are written with pwrite64, runs of pages with writev. */
const isData = (call: TracedCall) => call.name === 'writev' || (call.name === 'pwrite64' && !isMeta(call));

/** Whether, before `ack`, the entry was written, then synced, then the meta page was written, then synced. */
function flushedBefore(disk: readonly TracedCall[], id: string, ack: TracedCall): boolean {
  const steps: ((call: TracedCall) => boolean)[] = [
    (call) => isData(call) && call.text.includes(`<${id}>`),
    succeeded,
    isMeta,
    succeeded,
  ];
  let after = -1;
  for (const step of steps) {
    const call = disk.find((one) => one.begin > after && step(one));
    if (!call) return false;
    after = call.end;
  }
  return after < ack.begin;
}

/** The acknowledged ids that were not on disk when the acknowledgement was said. */
function unflushed(calls: readonly TracedCall[]): string[] {
  const disk = calls.filter(({ name }) => name !== 'write');
  return calls.flatMap((call) => {
    const id = /^ack (\S+) /.exec(printed(call) ?? '')?.[1];
    return id === undefined || flushedBefore(disk, id, call) ? [] : [id];
  });
}

/** Writes of a load before one of them fails: those of some ten entries, and of the room that is made ahead. */
const WELL_INTO = 60;
/** Most runs lie alike; on a machine that does much else one may lie otherwise. */
const TRIES = 5;

type Load = { readonly run: string; readonly appends: number; readonly inFlight: number };

/** Which pwrite64 of its thread is such a one, well into the load: with one entry at a time the writes of each run lie alike. */
async function writeOf(such: (call: TracedCall) => boolean, load: Load) {
  const { calls } = await traced({ ...load, path: await directory() });
  const thread = calls.findLast(({ name }) => name === 'pwrite64')?.thread;
  const writes = calls.filter((call) => call.name === 'pwrite64' && call.thread === thread);
  const when = writes.findIndex((call, i) => i >= WELL_INTO && such(call)) + 1;
  expect(when).toBeGreaterThan(WELL_INTO);
  return when;
}

/** Runs the load with such a write failing once, however it ends. */
async function failing(such: (call: TracedCall) => boolean, load: Load) {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const when = await writeOf(such, load);
    const path = await directory();
    const outcome = await attempted({ ...load, path }, `pwrite64:error=EIO:when=${when}`);
    const [failed, ...others] = outcome.calls.filter(({ injected }) => injected);
    if (failed && others.length === 0 && such(failed)) return { ...outcome, path };
  }
  throw new Error(`no such write failed in ${TRIES} runs`);
}

await withTool(['strace'], 'the journal on a bad disk', () => {
  it('acknowledges nothing before its flush has ended, however slow', async () => {
    const path = await directory();
    const load = { path, run: 'slow', appends: 30, inFlight: 6 };
    const { calls, acks } = await traced(load, 'fdatasync:delay_enter=300000');
    expect(acks.size).toBe(30);
    expect(unflushed(calls)).toEqual([]);
    await audit(join(path, 'journal'), acks);
  });

  it('the check above notices a journal that does not flush', async () => {
    const { calls, acks } = await traced({
      path: await directory(),
      run: 'none',
      appends: 30,
      inFlight: 6,
      flush: false,
    });
    expect(unflushed(calls)).toEqual([...acks.keys()]);
  });

  // Calls alternate between the sync of the data and of the meta page: the window starts once at each.
  for (const [what, window] of [
    ['data', '21..26'],
    ['meta page', '22..27'],
  ] as const) {
    it(`acknowledges nothing while the sync of the ${what} fails, and goes on when it works again`, async () => {
      const path = await directory();
      const load = { path, run: 'eio', appends: 600, inFlight: 20 };
      const { calls, acks, fails } = await traced(load, `fdatasync:error=EIO:when=${window}`);
      const bad = calls.filter(({ injected }) => injected);
      expect(bad).toHaveLength(6);
      const [first = 0, last = 0] = [bad[0]?.begin, bad.at(-1)?.end];
      const lines = calls.filter(({ begin }) => begin > first && begin < last).map(printed);
      expect(lines.filter((line) => line?.startsWith('ack'))).toEqual([]);
      expect(unflushed(calls)).toEqual([]);
      expect([acks.size, fails.size]).toEqual([600, 0]);
      expect(await audit(join(path, 'journal'), acks)).toHaveLength(600);
    });
  }

  it('writes the meta page again before it syncs it again: the kernel forgets what it could not write', async () => {
    const { calls } = await traced(
      { path: await directory(), run: 'meta', appends: 500, inFlight: 50 },
      'fdatasync:error=EIO:when=8..10',
    );
    const disk = calls.filter(({ name }) => name !== 'write');
    const failed = disk.flatMap((call, i) => (call.injected ? [i] : []));
    expect(failed).toHaveLength(3);
    for (const i of failed) {
      expect(disk[i + 1]?.text).toMatch(/, \d+, 0$/);
      expect(disk[i + 2]).toMatchObject({ name: 'fdatasync' });
    }
  });

  it('gives entries up when the disk fails for longer than the retries last, lives, and leaves no gap', async () => {
    const path = await directory();
    const load = { path, run: 'long', appends: 1_000, inFlight: 20, giveUpAfterMs: 50 };
    const { calls, acks, fails } = await traced(load, 'fdatasync:error=EIO:when=21..35');
    expect(unflushed(calls)).toEqual([]);
    expect(new Set(fails.values())).toEqual(new Set(['JournalUnavailable']));
    expect(acks.size + fails.size).toBe(1_000);
    expect(acks.size).toBeGreaterThan(fails.size);
    await audit(join(path, 'journal'), acks);
  });

  it('keeps entries while the disk is full and goes on when there is room again', async () => {
    const path = await directory();
    const load = { path, run: 'full', appends: 1_000, inFlight: 50 };
    const { calls, acks, fails } = await traced(load, 'writev:error=ENOSPC:when=8..11');
    expect(calls.filter(({ injected }) => injected)).toHaveLength(4);
    expect(unflushed(calls)).toEqual([]);
    expect([acks.size, fails.size]).toEqual([1_000, 0]);
    expect(await audit(join(path, 'journal'), acks)).toHaveLength(1_000);
  });

  it('refuses all that follows a failed write of the meta page until it is opened again, and has lost nothing', async () => {
    const load = { run: 'meta', appends: 60, inFlight: 1 };
    const { calls, acks, fails, ended, lines, path } = await failing(isMeta, load);
    expect(ended, ended.stderr).toMatchObject({ code: 0 });
    expect(lines).toContain('done\n');
    expect(unflushed(calls)).toEqual([]);
    expect([acks.size > 0, fails.size > 0, acks.size + fails.size]).toEqual([true, true, 60]);
    expect(new Set(fails.values())).toEqual(new Set(['JournalUnavailable']));
    await audit(join(path, 'journal'), acks);
  });

  it('has lost nothing where a page of data cannot be written, though LMDB may end the process over it', async () => {
    const load = { run: 'data', appends: 60, inFlight: 1 };
    const { calls, acks, fails, ended, path } = await failing(isData, load);
    expect([0, null]).toContain(ended.code);
    if (ended.code === null) expect(ended.signal).toMatch(/^SIG(ABRT|SEGV)$/);
    else expect([acks.size, fails.size]).toEqual([60, 0]);
    expect(unflushed(calls)).toEqual([]);
    expect(acks.size).toBeGreaterThan(5);
    await audit(join(path, 'journal'), acks);
  });
});

it('keeps every acknowledged entry once over ten kills in the middle of a load', async () => {
  const parent = await directory();
  const [path, log] = [join(parent, 'journal'), join(parent, 'log')];
  let acks = new Map<string, number>();
  for (let kill = 1; kill <= 10; kill += 1) {
    const load = await startProcess(
      process.execPath,
      loadArguments({ path, said: log, run: `kill-${kill}`, inFlight: 200 }),
    );
    const loaded = new RegExp(`^ack kill-${kill}\\.${200 + kill * 50} `, 'm');
    await vi.waitFor(async () => expect(await readFile(log, 'utf8')).toMatch(loaded), { timeout: 30_000 });
    expect(await load.kill('SIGKILL')).toMatchObject({ signal: 'SIGKILL' });
    ({ acks } = said(await readFile(log, 'utf8')));
    await audit(path, acks);
  }
  expect(acks.size).toBeGreaterThan(4_000);
});
