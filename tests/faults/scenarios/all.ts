import type { Scenario } from '../harness/scenario.ts';
import { badDisk } from './bad-disk.ts';
import { batches } from './batches.ts';
import { clocks } from './clocks.ts';
import { freeze } from './freeze.ts';
import { fullDisk } from './full-disk.ts';
import { influxdb } from './influxdb.ts';
import { kill } from './kill.ts';
import { powerCut } from './power-cut.ts';
import { comeBack } from './return.ts';
import { sockets } from './sockets.ts';
import { withoutFlush, withoutWaiting } from './without-promise.ts';

/** All scenarios, in the order of docs/reliability.md. A new one is a line here. */
export const SCENARIOS: readonly Scenario[] = [
  ...[kill, freeze, fullDisk, badDisk, sockets, comeBack, clocks, batches, influxdb],
  ...[powerCut, withoutFlush, withoutWaiting],
];
