import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  SqliteAdapter,
  type SqliteDatabase,
  SqliteDriver,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import type LibsqlDatabase from 'libsql';

type Connection = InstanceType<typeof LibsqlDatabase>;

/**
 * A value as libsql 0.5 can bind it: it ends the process at a boolean, and gives back a text only up to its first
 * U+0000. PostgreSQL takes no U+0000 in a text at all, so what may hold one is kept in JSON.
 */
function bindable(value: unknown): unknown {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'string') return value.includes('\0') ? value.replaceAll('\0', '\ufffd') : value;
  return value;
}

function adapted(connection: Connection): SqliteDatabase {
  return {
    close: () => {
      connection.close();
    },
    prepare(source) {
      const statement = connection.prepare(source);
      return {
        reader: statement.reader,
        all: (parameters) => statement.all(parameters.map(bindable)),
        run: (parameters) => statement.run(parameters.map(bindable)),
        iterate: (parameters) => statement.iterate(parameters.map(bindable)),
      };
    },
  };
}

/** Takes the write lock at once: one that reads first and then writes would fail, not wait, where another wrote in between. */
class ImmediateDriver extends SqliteDriver {
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'));
  }
}

/** Kysely's SQLite dialect over an open libsql connection, which it closes. */
export function libsqlDialect(connection: Connection): Dialect {
  const database = adapted(connection);
  return {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new ImmediateDriver({ database }),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
}
