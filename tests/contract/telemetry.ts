import { describe } from 'vitest';
import type { FreshLab } from '../helpers/telemetry-lab.ts';
import { ingestContract } from './ingest-any-order.ts';
import { aggregateContract } from './telemetry-aggregate.ts';
import { anyOrderContract } from './telemetry-any-order.ts';
import { archiveContract } from './telemetry-archive.ts';
import { archivedBucketsContract } from './telemetry-archived-buckets.ts';
import { backupContract } from './telemetry-backup.ts';
import { completenessContract } from './telemetry-completeness.ts';
import { correctionContract } from './telemetry-correction.ts';
import { eraseContract } from './telemetry-erase.ts';
import { framesContract } from './telemetry-frames.ts';
import { moversContract } from './telemetry-movers.ts';
import { putContract } from './telemetry-put.ts';
import { readContract } from './telemetry-read.ts';

/**
 * What every adapter of storage/telemetry/port.ts does alike. `runs` is how many random histories the any-order
 * properties try.
 */
export function telemetryContract(name: string, fresh: FreshLab, { runs = 25 } = {}): void {
  describe(`telemetry store on ${name}`, () => {
    putContract(fresh);
    correctionContract(fresh);
    readContract(fresh);
    aggregateContract(fresh);
    moversContract(fresh);
    framesContract(fresh, Math.ceil(runs / 2));
    eraseContract(fresh);
    backupContract(fresh);
    archiveContract(fresh, Math.ceil(runs / 2));
    archivedBucketsContract(fresh, Math.ceil(runs / 2));
    anyOrderContract(fresh, runs);
    completenessContract(fresh, Math.ceil(runs / 2));
    ingestContract(fresh, Math.ceil(runs / 2));
  });
}
