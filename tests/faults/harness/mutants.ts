import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** A build that breaks the first promise in one way: what is replaced by what, in which file of dist/. */
export interface Mutant {
  readonly what: string;
  readonly file: string;
  readonly find: RegExp;
  readonly replace: string;
}

export const MUTANTS = {
  /** The journal commits and never flushes: what it holds is the kernel's to lose. kill -9 alone cannot show it. */
  unflushed: {
    what: 'no flush: the journal commits to the page cache and acknowledges',
    file: 'app/start.js',
    find: /openJournal\(\{ /,
    replace: 'openJournal({ flush: false, ',
  },
  /** The journal flushes, and nobody waits for it. */
  impatient: {
    what: 'no wait: the acknowledgement leaves before the flush has ended',
    file: 'storage/journal/writer.js',
    find: /return batch\.settled\(\);/,
    replace: 'batch.settled().catch(() => {}); return Promise.resolve(this.head());',
  },
} as const satisfies Readonly<Record<string, Mutant>>;

export type MutantName = keyof typeof MUTANTS;

/** Copies dist/ into `folder` with one line changed, and answers the copy's main file. */
export async function buildMutant(name: MutantName, folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  await cp(join(ROOT, 'dist'), join(folder, 'dist'), { recursive: true });
  await cp(join(ROOT, 'package.json'), join(folder, 'package.json'));
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  await applyMutant(name, join(folder, 'dist'));
  return join(folder, 'dist/app/main.js');
}

/** Changes the line in a built city. Throws where it is not found: a mutant that is none would prove nothing. */
export async function applyMutant(name: MutantName, dist: string): Promise<void> {
  const { file, find, replace }: Mutant = MUTANTS[name];
  const path = join(dist, file);
  const source = await readFile(path, 'utf8');
  if (!find.test(source)) throw new Error(`${file} has nothing like ${find}: the mutant ${name} has to be made anew`);
  await writeFile(path, source.replace(find, replace));
}
