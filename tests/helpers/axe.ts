import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { z } from 'zod';
import type { CityPage } from './page.ts';

const AXE = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const Violations = z.array(z.object({ id: z.string(), nodes: z.array(z.object({ html: z.string() })) }));

/** What the rules of axe-core find wrong with the page as it stands, with the elements. */
export async function violations({ tab }: Pick<CityPage, 'tab'>): Promise<readonly string[]> {
  await tab.evaluate(AXE);
  const found = Violations.parse(await tab.evaluate('axe.run(document).then(({ violations }) => violations)'));
  return found.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}
