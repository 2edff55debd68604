import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePorts } from './ports.ts';
import { type RunningProcess, startProcess } from './process.ts';
import { findTool } from './tools.ts';

export interface InfluxdOptions {
  /** Requires Basic authentication; the administrator is made at the start. */
  readonly auth?: { readonly username: string; readonly password: string };
  /** `wal-fsync-delay`; the default flushes every write before it is answered. */
  readonly walFsyncDelay?: string;
}

/** A real influxd 1.x of this test's own: own folder, own ports. */
export interface Influxd {
  readonly url: string;
  pid(): number;
  /** Creates a database and returns its name, made unique. */
  database(name: string): Promise<string>;
  /** Asks InfluxQL and returns the body; throws on an error in it. */
  query(influxql: string, database?: string): Promise<string>;
  /** kill -9. */
  kill(): Promise<void>;
  /** Starts it again on the same data and ports, after kill(). */
  restart(): Promise<void>;
  /** Ends it and deletes its folder. */
  stop(): Promise<void>;
}

const config = (folder: string, http: number, rpc: number, options: InfluxdOptions) => `
reporting-disabled = true
bind-address = "127.0.0.1:${rpc}"
[meta]
  dir = "${folder}/meta"
  logging-enabled = false
[data]
  dir = "${folder}/data"
  wal-dir = "${folder}/wal"
  wal-fsync-delay = "${options.walFsyncDelay ?? '0s'}"
  query-log-enabled = false
[http]
  bind-address = "127.0.0.1:${http}"
  log-enabled = false
  auth-enabled = ${options.auth !== undefined}
  max-body-size = 0
[monitor]
  store-enabled = false
[subscriber]
  enabled = false
[continuous_queries]
  enabled = false
[logging]
  level = "warn"
  suppress-logo = true
`;

/** Starts influxd and waits until it answers; throws where there is none to be had (see withTool). */
export async function startInfluxd(options: InfluxdOptions = {}): Promise<Influxd> {
  const tool = await findTool('influxd');
  if (!tool) throw new Error('there is no influxd');
  const folder = await mkdtemp(join(tmpdir(), 'influxd-'));
  const [http = 0, rpc = 0] = await freePorts(2);
  const file = join(folder, 'influxdb.conf');
  await writeFile(file, config(folder, http, rpc, options));
  const url = `http://127.0.0.1:${http}`;
  const basic = options.auth ? Buffer.from(`${options.auth.username}:${options.auth.password}`).toString('base64') : '';
  const headers: Record<string, string> = options.auth ? { authorization: `Basic ${basic}` } : {};
  let serial = 0;

  const start = async (): Promise<RunningProcess> => {
    const child = await startProcess(tool.path, ['-config', file], { env: { ...tool.env, HOME: folder } });
    let ended = false;
    void child.exited.then(() => {
      ended = true;
    });
    for (;;) {
      if (ended) throw new Error(`influxd ended at once\n${child.stderr()}`);
      const up = await fetch(`${url}/ping`).then(
        (answer) => answer.status === 204,
        () => false,
      );
      if (up) return child;
      await delay(20);
    }
  };

  const query = async (influxql: string, database?: string): Promise<string> => {
    const body = new URLSearchParams({ q: influxql, ...(database === undefined ? {} : { db: database }) });
    const answer = await fetch(`${url}/query`, { method: 'POST', headers, body });
    const text = await answer.text();
    if (!answer.ok || text.includes('"error"')) throw new Error(`influxd: ${influxql}: ${text}`);
    return text;
  };

  let child = await start();
  if (options.auth)
    await query(`CREATE USER "${options.auth.username}" WITH PASSWORD '${options.auth.password}' WITH ALL PRIVILEGES`);
  return {
    url,
    pid: () => child.pid,
    query,
    async database(name) {
      serial += 1;
      await query(`CREATE DATABASE "${name}_${serial}"`);
      return `${name}_${serial}`;
    },
    async kill() {
      await child.kill('SIGKILL');
    },
    async restart() {
      child = await start();
    },
    async stop() {
      await child.kill('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  };
}
