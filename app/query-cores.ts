import { availableParallelism } from 'node:os';

/**
 * Cores that queries may keep busy: one stays free for the devices' door, or acknowledgements would wait for a turn of
 * the processor behind whoever asks the dearest.
 */
export const queryCores = (cores = availableParallelism()): number => Math.max(1, cores - 1);
