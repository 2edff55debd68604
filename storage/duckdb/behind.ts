import { setTimeout as pause } from 'node:timers/promises';
import type { DuckDBConnection, DuckDBResult, DuckDBValue } from '@duckdb/node-api';
import duckdb, { type PendingResult } from '@duckdb/node-bindings';
import { startBehind } from '../give-way.ts';

/** ms between two looks at a statement under way. */
const LOOK_EVERY = 2;
/** How often threads are started anew where somebody else's started with them. */
const TRIES = 3;

const behind = new WeakSet<DuckDBConnection>();

/**
 * Starts so many threads in a DuckDB that works with one, the caller's. They give way to all others of the machine: a query
 * that takes a core would otherwise have devices wait for their acknowledgement, by the turns that the system gives each
 * thread. Whoever is to leave its work to them says so by `stepBack`.
 */
export async function startWorkers(connection: DuckDBConnection, many: number): Promise<void> {
  const set = (threads: number) => connection.run(`SET threads = ${threads}`);
  for (let i = 1; !(await startBehind(many, () => set(many + 1))) && i < TRIES; i += 1) await set(1);
  await set(many + 1);
}

/** From here on `run` leaves the statements of the connection to DuckDB's own threads. There must be one. */
export function stepBack<Connection extends DuckDBConnection>(connection: Connection): Connection {
  behind.add(connection);
  return connection;
}

const isPending = (value: unknown): value is PendingResult => typeof value === 'object' && value !== null;

/**
 * Runs a statement, with values for its $1, $2, … A connection that stepped back only looks now and then whether DuckDB's
 * threads are done; another has a thread of Node's pool work with them, which also carries the journal's commits.
 */
export async function run(connection: DuckDBConnection, sql: string, values?: DuckDBValue[]): Promise<DuckDBResult> {
  if (!behind.has(connection)) return connection.run(sql, values);
  const prepared = await connection.prepare(sql);
  try {
    if (values) prepared.bind(values);
    const pending = prepared.start();
    // The library has no method for looking without working; its bindings have.
    const handle: unknown = Reflect.get(pending, 'pending_result');
    if (isPending(handle)) while (isUnderWay(handle)) await pause(LOOK_EVERY);
    return await pending.getResult();
  } finally {
    prepared.destroySync();
  }
}

function isUnderWay(pending: PendingResult): boolean {
  const state = duckdb.pending_execute_check_state(pending);
  return state === duckdb.PendingState.RESULT_NOT_READY || state === duckdb.PendingState.NO_TASKS_AVAILABLE;
}
