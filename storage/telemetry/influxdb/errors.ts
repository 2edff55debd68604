import { StoreUnavailable } from '../port.ts';

/**
 * InfluxDB refused a request, and would refuse it again until its operator mends something: credentials, a database that
 * is gone, a bad request. Ingest waits for that, as it does for an outage: the journal has it all.
 */
export class InfluxRejected extends StoreUnavailable {
  override readonly name = 'InfluxRejected';
  readonly status: number;
  constructor(status: number, message: string) {
    super(`InfluxDB answers ${status}: ${message}`);
    this.status = status;
  }
}

/** InfluxDB could not answer a query; such errors come with HTTP 200. */
export class InfluxQueryFailed extends Error {
  override readonly name = 'InfluxQueryFailed';
  readonly statement: string;
  constructor(message: string, statement: string) {
    super(`InfluxDB cannot answer: ${message}`);
    this.statement = statement;
  }
}

/** InfluxDB stored the good lines of a write and refused others ("partial write"): `lines` names those, not all if many. */
export class PartialWrite extends StoreUnavailable {
  override readonly name = 'PartialWrite';
  readonly lines: readonly string[];
  constructor(message: string, lines: readonly string[]) {
    super(`InfluxDB refused ${lines.length} line(s): ${message}`);
    this.lines = lines;
  }
}
