import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { temporaryDirectory } from '../helpers/temporary.ts';
import { inShort } from './harness/in-short.ts';
import { applyMutant, MUTANTS } from './harness/mutants.ts';
import { powerCut } from './scenarios/power-cut.ts';
import { withoutFlush, withoutWaiting } from './scenarios/without-promise.ts';

inShort(powerCut);
inShort(withoutFlush);
inShort(withoutWaiting);

it('a build that is changed nowhere is not taken for one without the promise', async () => {
  const folder = await temporaryDirectory();
  onTestFinished(() => folder.remove());
  await mkdir(join(folder.path, 'app'));
  await writeFile(join(folder.path, MUTANTS.unflushed.file), 'const journal = await somethingElse();\n');
  await expect(applyMutant('unflushed', folder.path)).rejects.toThrow('has nothing like');
});
