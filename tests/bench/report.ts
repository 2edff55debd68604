import { readFile, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';

const PERFORMANCE_DOC = fileURLToPath(new URL('../../docs/performance.md', import.meta.url));

/** The machine and the day that figures were measured on, in a sentence. */
export function machine(): string {
  const [cpu] = cpus();
  const day = new Date().toISOString().slice(0, 10);
  const memory = Math.round(totalmem() / 2 ** 30);
  return `Measured ${day} on ${cpu?.model.trim() ?? 'an unknown processor'}, ${cpus().length} cores, ${memory} GiB, Node ${process.version}.`;
}

/** Puts text between the marks of its name in docs/performance.md; the rest stays. Throws where it has no such marks. */
export async function writeSection(name: string, section: string): Promise<void> {
  const text = await readFile(PERFORMANCE_DOC, 'utf8');
  const [begin, end] = [`<!-- bench ${name} -->`, `<!-- end of ${name} -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${PERFORMANCE_DOC} has no section ${name}`);
  await writeFile(PERFORMANCE_DOC, `${text.slice(0, from + begin.length)}\n${section}\n${text.slice(to)}`);
}
