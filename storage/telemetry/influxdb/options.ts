/** How an InfluxDB is reached. */
export interface ConnectionOptions {
  /** Base URL, as `http://127.0.0.1:8086`. */
  readonly url: string;
  /** Major version: 1 writes by `/write`, 2 and 3 by `/api/v2/write`; all are asked InfluxQL by `/query`. */
  readonly version: 1 | 2 | 3;
  /** The database of 1.x and 3.x, the bucket (with a DBRP mapping of the same name) of 2.x. */
  readonly database: string;
  /** 1.x with authentication. */
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** 2.x; ignored by 3.x. */
  readonly org?: string | undefined;
  /** 2.x and 3.x. */
  readonly token?: string | undefined;
  /** Compress writes; pays off where the network is slower than a core. Default false. */
  readonly gzip?: boolean | undefined;
  /** A silent connection is given up after this many ms. Default 30,000. */
  readonly timeoutMs?: number | undefined;
  /** A call is repeated for about this many ms before it rejects with StoreUnavailable. Default 5,000. */
  readonly retryForMs?: number | undefined;
}

export interface InfluxStoreOptions extends ConnectionOptions {
  /** Folder of the local lmdb with what InfluxDB cannot keep exactly: checkpoint, tallies, latest, the batch under way. */
  readonly sidecar: string;
}
