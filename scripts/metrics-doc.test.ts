import { expect, it } from 'vitest';
import { isCurrent } from './metrics-doc.ts';

it('docs/metrics.md says what the rows say (else: npm run docs)', async () => {
  expect(await isCurrent()).toBe(true);
});
