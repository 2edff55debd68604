import { readFile, stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { Config } from '../config.ts';
import { type DataDir, DataDirError, openDataDir, pathsOf } from '../data-dir.ts';
import { findRunning, type RunningCity } from '../running.ts';
import { type CityClient, createCityClient } from './city-client.ts';
import { failed, refused } from './failure.ts';
import { longFetch } from './long-fetch.ts';

/** Which city, and who asks: what the command line says before the settings are looked at. */
export interface CityOptions {
  readonly url?: string | undefined;
  readonly key?: string | undefined;
  readonly keyFile?: string | undefined;
}

/** How long a city that starts, or another command, is waited for. */
const PATIENCE_MS = 10_000;
const LOOK_EVERY_MS = 100;
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * The city that is meant: the one at --url or CITY_URL, else the one of DATA_DIR, whether it runs or not. That it runs
 * is told by the lock of the directory, and where it is by what it wrote there.
 */
export async function connectCity(config: Config, options: CityOptions): Promise<CityClient> {
  const remote = options.url ?? config.CITY_URL;
  if (remote !== undefined) {
    needOwnKey(remote, config, options);
    return await networkClient(remote, config, options);
  }

  await needCity(config.DATA_DIR);
  const found = await lockOrFind(config.DATA_DIR);
  if ('running' in found) return await networkClient(found.running.url, config, options);
  const { openStoppedCity } = await import('./stopped-city.ts');
  const { fetch, key, close } = await openStoppedCity(config, found.dir);
  return createCityClient({ url: 'http://city', key, fetch, runs: false, close });
}

/** The key of this machine's city is nothing that another machine should be shown. */
function needOwnKey(url: string, config: Config, { key, keyFile }: CityOptions): void {
  const given = key !== undefined || keyFile !== undefined || config.ADMIN_KEY !== undefined;
  if (given || LOOPBACK.has(new URL(url).hostname)) return;
  throw refused(`${new URL(url).host} is another machine: give its key with --key-file or ADMIN_KEY`);
}

async function networkClient(url: string, config: Config, options: CityOptions): Promise<CityClient> {
  return createCityClient({ url, key: await keyOf(config, options), fetch: longFetch, runs: true });
}

/** A mistyped directory must not become an empty city. */
async function needCity(path: string): Promise<void> {
  try {
    await stat(pathsOf(path).registry);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EACCES')
      throw refused(`DATA_DIR ${path} may not be read: run the command as the user of the city`);
    throw refused(`there is no city in ${path} (DATA_DIR): start it once, or name a running one with --url`);
  }
}

async function lockOrFind(path: string): Promise<{ dir: DataDir } | { running: RunningCity }> {
  const until = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      return { dir: await openDataDir(path) };
    } catch (error) {
      if (!(error instanceof DataDirError)) throw error;
      if (!error.inUse) throw failed(error.message);
      const running = await findRunning(pathsOf(path).running);
      if (running) return { running };
      if (Date.now() >= until) throw failed(`${error.message}, and it does not say where it can be asked`);
    }
    await delay(LOOK_EVERY_MS);
  }
}

async function keyOf(config: Config, { key, keyFile }: CityOptions): Promise<string> {
  if (key !== undefined) return keyIn(key, '--key');
  if (keyFile === undefined && config.ADMIN_KEY !== undefined) return config.ADMIN_KEY;
  const path = keyFile ?? pathsOf(config.DATA_DIR).adminKey;
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch {
    throw refused(`no key in ${path}: give --key-file or ADMIN_KEY`);
  }
  return keyIn(text, path);
}

/** What is no key is said to be none, and not repeated: it may be another secret. */
function keyIn(text: string, where: string): string {
  const [, key] = /^\s*([\x21-\x7e]+)\s*$/.exec(text) ?? [];
  if (key === undefined) throw refused(`${where} holds no key, which is one word`);
  return key;
}
