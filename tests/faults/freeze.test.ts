import { inShort } from './harness/in-short.ts';
import { freeze } from './scenarios/freeze.ts';

inShort(freeze);
