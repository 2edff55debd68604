import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Transport } from '@influxdata/influxdb-client';
import type { Rows } from './answer.ts';
import { linesOf, rowsOf } from './answer.ts';
import { InfluxRejected, PartialWrite } from './errors.ts';
import { quoteName } from './influxql.ts';
import type { ConnectionOptions } from './options.ts';
import { rejectedLines } from './partial.ts';
import { retrying, Transient } from './retry.ts';

const TIMEOUT_MS = 30_000;
const RETRY_FOR_MS = 5_000;
/** Queries at once: more would only make writes wait on the server. */
const READERS = 4;
const WRITERS = 2;

/** An InfluxDB of any major version, spoken to through its official client. */
export interface Connection {
  readonly version: 1 | 2 | 3;
  /**
   * Writes lines (line protocol, timestamps in ms) and resolves when they are stored. Rejects with a PartialWrite when
   * some were refused, InfluxRejected when all were, StoreUnavailable when InfluxDB did not answer.
   */
  write(lines: readonly string[]): Promise<void>;
  /** Rows of InfluxQL statements as they arrive, times in ms. Rejects with StoreUnavailable or InfluxQueryFailed. */
  select(statements: readonly string[]): AsyncGenerator<Rows>;
  /** Runs statements that answer nothing of interest. */
  run(statements: readonly string[]): Promise<void>;
  close(): void;
}

/** Prepares a connection; nothing is sent before the first call. */
export async function connect(options: ConnectionOptions): Promise<Connection> {
  const { InfluxDB, HttpError } = await import('@influxdata/influxdb-client');
  const { version, database, url } = options;
  const closing = new AbortController();
  const secure = url.startsWith('https:');
  const agents: HttpAgent[] = [];
  const client = (maxSockets: number) => {
    const agent = secure
      ? new HttpsAgent({ keepAlive: true, maxSockets })
      : new HttpAgent({ keepAlive: true, maxSockets });
    agents.push(agent);
    const timeout = options.timeoutMs ?? TIMEOUT_MS;
    const settings = { url, ...credentials(options), timeout, transportOptions: { agent } };
    const { transport } = new InfluxDB(settings);
    return new InfluxDB({ ...settings, transport: tellPartialSuccess(transport, HttpError) });
  };
  const writing = client(WRITERS);
  const reading = client(READERS);
  const db = encodeURIComponent(database);

  /** Sorts errors into those that pass, and those that stay. */
  const sorted = (error: unknown): unknown => {
    if (error instanceof HttpError) {
      const message = errorMessage(error.body) ?? error.statusMessage ?? '';
      if (error.statusCode === 429 || error.statusCode >= 500)
        return new Transient(`InfluxDB answers ${error.statusCode}: ${message}`, { cause: error });
      return new InfluxRejected(error.statusCode, message);
    }
    if (error instanceof Transient || !(error instanceof Error) || error.name === 'InfluxQueryFailed') return error;
    return new Transient(`InfluxDB at ${url} does not answer: ${error.message}`, { cause: error });
  };
  const persist = <T>(attempt: () => Promise<T>) =>
    retrying(
      () =>
        attempt().catch((error: unknown) => {
          throw sorted(error);
        }),
      options.retryForMs ?? RETRY_FOR_MS,
      closing.signal,
    );

  async function* ask(statements: readonly string[], parameters: string): AsyncGenerator<Rows> {
    const path = `/query?${parameters}`;
    const body = new URLSearchParams({ q: statements.join(';') }).toString();
    const headers = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' };
    const chunks = reading.transport.iterate(path, body, { method: 'POST', headers });
    for await (const line of linesOf(chunks)) yield* rowsOf(line, statements);
  }

  let ensured: Promise<void> | undefined;
  /** 1.x refuses writes to a database that was never created; 2.x and 3.x have theirs from the operator or make it. */
  const ensureDatabase = async (): Promise<void> => {
    if (version !== 1) return;
    ensured ??= persist(async () => {
      for await (const _ of ask([`CREATE DATABASE ${quoteName(database)}`], ''));
    }).catch((error: unknown) => {
      ensured = undefined;
      // A user who may not create databases was given one.
      if (!(error instanceof InfluxRejected && error.status === 403)) throw error;
    });
    await ensured;
  };

  async function* select(statements: readonly string[]): AsyncGenerator<Rows> {
    if (statements.length === 0) return;
    await ensureDatabase();
    const open = async () => {
      const rows = ask(statements, `db=${db}&epoch=ms&chunked=true&chunk_size=10000`);
      return { rows, first: await rows.next() };
    };
    const { rows, first } = await persist(open);
    try {
      for (let next = first; !next.done; ) {
        yield next.value;
        // What was told cannot be told again: an answer that breaks off is not repeated here, but by the caller.
        next = await retrying(() => rows.next().catch((error) => Promise.reject(sorted(error))), 0, closing.signal);
      }
    } finally {
      await rows.return(undefined);
    }
  }

  /** One request, once. The client's own batching and retries lose lines without an error: it is given neither to do. */
  const send = async (text: string): Promise<void> => {
    const api = writing.getWriteApi(options.org ?? '', database, 'ms', {
      batchSize: 2,
      maxBatchBytes: Number.MAX_SAFE_INTEGER,
      flushInterval: 0,
      maxRetries: 0,
      writeFailed: (error) => Promise.reject(error),
      ...(options.gzip === true ? { gzipThreshold: 1_000 } : {}),
    });
    if (version === 1) api.path = `/write?db=${db}&precision=ms`;
    api.writeRecord(text);
    await api.flush();
  };
  const write = async (lines: readonly string[]): Promise<void> => {
    if (lines.length === 0) return;
    await ensureDatabase();
    const text = lines.join('\n');
    await persist(() => send(text)).catch(async (error: unknown) => {
      if (!(error instanceof InfluxRejected && error.status === 400)) throw error;
      const refused = await rejectedLines(lines, (some) => persist(() => send(some.join('\n'))));
      // All of them: then it was not about lines.
      if (refused.length === lines.length && lines.length > 1) throw error;
      throw new PartialWrite(error.message, refused);
    });
  };

  return {
    version,
    write,
    select,
    async run(statements) {
      for await (const _ of select(statements));
    },
    close() {
      closing.abort();
      for (const agent of agents) agent.destroy();
    },
  };
}

/** 1.x wants Basic and no token; 2.x and 3.x a token. */
function credentials({ version, username, password, token }: ConnectionOptions) {
  if (version !== 1) return token === undefined ? {} : { token };
  if (username === undefined) return {};
  const basic = Buffer.from(`${username}:${password ?? ''}`).toString('base64');
  return { headers: { Authorization: `Basic ${basic}` } };
}

/** 3.x may answer 201 when it stored only some lines; the client takes that for success. */
function tellPartialSuccess(
  inner: Transport,
  HttpError: new (status: number, text: string, body: string) => Error,
): Transport {
  return {
    chunkCombiner: inner.chunkCombiner,
    request: (...given) => inner.request(...given),
    iterate: (...given) => inner.iterate(...given),
    send(path, body, options, callbacks) {
      let partly = false;
      inner.send(path, body, options, {
        ...callbacks,
        responseStarted(headers, status) {
          partly = status === 201;
          callbacks?.responseStarted?.(headers, status);
        },
        complete() {
          if (partly) callbacks?.error?.(new HttpError(400, 'partial write', ''));
          else callbacks?.complete?.();
        },
      });
    },
  };
}

function errorMessage(body: string | undefined): string | undefined {
  const match = body?.match(/"(?:error|message)"\s*:\s*"((?:[^"\\]|\\.)*)"/);
  return match?.[1]?.replaceAll('\\"', '"') ?? body;
}
