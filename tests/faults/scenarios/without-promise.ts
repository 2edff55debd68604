import { dirname, join } from 'node:path';
import { buildMutant, MUTANTS, type MutantName } from '../harness/mutants.ts';
import { brokenIn } from '../harness/play.ts';
import type { Scenario } from '../harness/scenario.ts';
import { noStrace } from '../harness/strace.ts';
import { cutPower, type FlushFault, powerCut } from './power-cut.ts';

/**
 * The same power cut on a build that breaks the promise: the harness has to find the loss, or it would find none in the
 * city either.
 */
const without = (id: string, name: MutantName, fault: FlushFault): Scenario => ({
  id,
  title: `The harness against itself (${MUTANTS[name].what})`,
  promise: 'the power cut finds acknowledged messages that are gone',
  losing: true,
  short: { ...powerCut.short, rounds: 1 },
  long: { ...powerCut.long, rounds: 4 },
  unavailable: noStrace,
  async run(lab, size, progress) {
    const main = await buildMutant(name, join(dirname(lab.dataDir), 'build'));
    await lab.start({ main });
    const { figures, more, ...outcome } = await cutPower(lab, size, progress, [fault]);
    const found = figures.missing > 0;
    return {
      figures,
      more: { ...more, 'promises seen broken': brokenIn({ figures, ...outcome }).length },
      broken: found ? [] : ['no loss was found where there has to be one'],
    };
  },
});

/** Neither delays nor EIO reach a journal that never flushes: with both it goes on acknowledging. */
export const withoutFlush = without('no-flush', 'unflushed', 'slow');
export const withoutWaiting = without('no-wait', 'impatient', 'failing');
