import { inShort } from './harness/in-short.ts';
import { fullDisk } from './scenarios/full-disk.ts';

inShort(fullDisk);
