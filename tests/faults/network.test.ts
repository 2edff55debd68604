import { inShort } from './harness/in-short.ts';
import { batches } from './scenarios/batches.ts';
import { clocks } from './scenarios/clocks.ts';
import { comeBack } from './scenarios/return.ts';
import { sockets } from './scenarios/sockets.ts';

for (const scenario of [sockets, comeBack, clocks, batches]) inShort(scenario);
