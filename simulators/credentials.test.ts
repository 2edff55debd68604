import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadCredentials, saveCredentials } from './credentials.ts';

describe('the credentials file', () => {
  let directory: string;
  let path: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'nhip-credentials-'));
    path = join(directory, 'fleet.json');
  });
  afterEach(() => rm(directory, { recursive: true }));

  it('is empty before it exists', async () => {
    expect(await loadCredentials(path)).toEqual(new Map());
  });

  it('keeps what was saved, readable by its owner only, and leaves nothing beside it', async () => {
    const credentials = new Map([['sim-bus-01-1', 'secret']]);
    await saveCredentials(path, credentials);
    expect(await loadCredentials(path)).toEqual(credentials);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(directory)).toEqual(['fleet.json']);
  });

  it('narrows the mode of a file that others could read', async () => {
    await writeFile(path, '{}', { mode: 0o644 });
    await saveCredentials(path, new Map([['abc', 'x']]));
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it.each(['not json', '[]', '{"abc": 1}', '{"Not An Id": "x"}', '{"abc": ""}', ''])(
    'refuses to take %j for a file of credentials, and leaves it as it is',
    async (text) => {
      await writeFile(path, text);
      await expect(loadCredentials(path)).rejects.toThrow('is not a file of credentials');
      expect(await readFile(path, 'utf8')).toBe(text);
    },
  );
});
