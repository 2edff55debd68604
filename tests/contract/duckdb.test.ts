import { join } from 'node:path';
import { describe } from 'vitest';
import { openDuckDbStore } from '../../storage/telemetry/duckdb/store.ts';
import { temporaryDirectory } from '../helpers/temporary.ts';
import { telemetryContract } from './telemetry.ts';
import { anyOrderContract } from './telemetry-any-order.ts';

/** `settleAfter` decides whether a test meets its rows while they are recent or once they are settled. */
const freshFile = (settleAfter?: number) => async () => {
  const folder = await temporaryDirectory();
  const path = join(folder.path, 'telemetry.duckdb');
  return {
    open: () => openDuckDbStore({ path, settleAfter }),
    openCopy: (directory: string) => openDuckDbStore({ path: join(directory, 'telemetry.duckdb'), settleAfter }),
    remove: folder.remove,
  };
};

telemetryContract('DuckDB, its rows recent', freshFile(), { runs: 10 });
telemetryContract('DuckDB, its rows settled by every put', freshFile(1), { runs: 10 });
describe('telemetry store on DuckDB, some rows recent and some settled', () => anyOrderContract(freshFile(20), 15));
