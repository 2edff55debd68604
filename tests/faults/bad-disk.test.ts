import { inShort } from './harness/in-short.ts';
import { badDisk } from './scenarios/bad-disk.ts';

inShort(badDisk);
