import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { parseConfig } from '../config.ts';
import { runCity } from './city.ts';

let dataDir = '';
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'nhip-'));
});
afterAll(() => rm(dataDir, { recursive: true, force: true }));

/** Carries out a command line over an empty directory, unless other settings are given. */
async function city(words: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const said = { out: '', err: '' };
  const code = await runCity(words, () => parseConfig({ DATA_DIR: dataDir, ...environment }), {
    out: (text) => {
      said.out += text;
    },
    err: (text) => {
      said.err += text;
    },
  });
  return { code, ...said };
}

it('shows the key of this machine’s city to no other machine', async () => {
  const own = await mkdtemp(join(tmpdir(), 'nhip-'));
  onTestFinished(() => rm(own, { recursive: true, force: true }));
  await writeFile(join(own, 'admin.key'), 'admin.secret-of-this-machine\n');
  const elsewhere = await city(['ledger', '--url', 'http://city.example:8080'], { DATA_DIR: own });
  expect(elsewhere).toEqual({
    code: 3,
    out: '',
    err: 'city: city.example:8080 is another machine: give its key with --key-file or ADMIN_KEY\n',
  });
});

describe('a command line that cannot be used', () => {
  it.each([
    ['a command there is not', ['devices'], 'npm run city -- --help'],
    ['an argument that is missing', ['quarantine', 'show'], 'npm run city -- quarantine show --help'],
    ['an option that is missing', ['device', 'add', 'x-1', '--kind', 'counter'], 'npm run city -- device add --help'],
    ['an option there is not', ['ledger', '--all'], 'npm run city -- ledger --help'],
    ['a place that is none', ['device', 'add', 'x-1', '--at', '105.8,21.0'], 'npm run city -- device add --help'],
    ['a tag without a value', ['device', 'list', '--tag', 'level'], 'npm run city -- device list --help'],
    ['a choice there is not', ['device', 'list', '--state', 'asleep'], 'npm run city -- device list --help'],
    ['a limit of none', ['device', 'list', '--limit', '0'], 'npm run city -- device list --help'],
    ['an address that is none', ['ledger', '--url', 'hanoi'], 'npm run city -- ledger --help'],
    ['too many arguments', ['ledger', 'today'], 'npm run city -- ledger --help'],
  ])('%s: ends with 2 and one line that names the help', async (_, words, hint) => {
    const { code, out, err } = await city(words);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(/^city: [^\n]+\n$/);
    expect(err).toContain(`see ${hint}\n`);
  });

  it('says the same as a problem with --json', async () => {
    const { code, out, err } = await city(['device', 'add', 'x-1', '--json']);
    expect([code, out]).toEqual([2, '']);
    expect(JSON.parse(err)).toMatchObject({ code: 'wrong-usage', detail: expect.stringContaining('--domain') });
  });

  it('shows the help of a group whose command is missing', async () => {
    const { code, out, err } = await city(['device']);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(/^Usage: city device/);
  });

  it('names a setting that is wrong', async () => {
    const { code, err } = await city(['ledger'], { PORT: 'many' });
    expect([code, err]).toEqual([2, expect.stringMatching(/^city: PORT: [^\n]+\n$/)]);
  });
});

describe('help', () => {
  it.each([
    [[]],
    ...['device', 'key', 'observer', 'areas', 'simulated', 'quarantine'].map((name) => [[name]]),
    ...['device add', 'device import', 'quarantine replay', 'backup', 'restore'].map((name) => [name.split(' ')]),
  ])('of %j needs no city and no settings', async (words) => {
    const { code, out, err } = await city([...words, '--help'], { PORT: 'many' });
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain(`Usage: ${['city', ...words].join(' ')}`);
  });

  it('tells the exit codes', async () => {
    expect((await city(['--help'])).out).toMatch(/Exit codes: 0 done, 1 failed .*, 2 wrong usage, 3 refused/s);
  });
});

describe('a city that is not there', () => {
  it('is not made', async () => {
    const { code, err } = await city(['ledger']);
    const why = `there is no city in ${dataDir} (DATA_DIR): start it once, or name a running one with --url`;
    expect([code, err]).toEqual([3, `city: ${why}\n`]);
    expect(await readdir(dataDir)).toEqual([]);
  });

  it('does not answer at its address', async () => {
    const { code, err } = await city(['--url', 'http://127.0.0.1:9', '--key', 'admin.x', '--json', 'ledger']);
    expect(code).toBe(1);
    expect(JSON.parse(err)).toMatchObject({ code: 'failed', detail: 'the city at http://127.0.0.1:9 does not answer' });
  });

  it.each([
    ['two lines', 'secret-of\nanother-kind'],
    ['no ASCII', 'khoá-bí-mật'],
    ['nothing', ' \n'],
  ])('is not asked with a key of %s, which is not repeated', async (_, text) => {
    const folder = await mkdtemp(join(tmpdir(), 'nhip-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const file = join(folder, 'key');
    await writeFile(file, text);
    const { code, err } = await city(['--url', 'http://127.0.0.1:9', '--key-file', file, 'ledger']);
    expect([code, err]).toEqual([3, `city: ${file} holds no key, which is one word\n`]);
    expect((await city(['--url', 'http://127.0.0.1:9', '--key', text, 'ledger'])).err).toMatch(/^city: --key holds no/);
  });

  it('is something else at its address', async () => {
    const { createServer } = await import('node:http');
    const other = createServer((_, response) => response.end('<html>')).listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const address = other.address();
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
    const { code, err } = await city(['--url', url, '--key', 'admin.x', 'ledger']);
    expect([code, err]).toEqual([1, `city: what answers at ${url} is not a city of this version\n`]);
    other.close();
  });
});
