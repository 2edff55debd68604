import { expect, it } from 'vitest';
import { failuresOf, play } from './play.ts';
import type { Scenario } from './scenario.ts';

/** The scenario's short form as a test; skipped with the reason where the machine cannot play it. */
export function inShort(scenario: Scenario): void {
  it(`${scenario.title}: ${scenario.promise}`, async (context) => {
    const reason = await scenario.unavailable?.();
    if (reason !== undefined) return context.skip(reason);
    const outcome = await play(scenario, 'short');
    expect(failuresOf(scenario, outcome)).toEqual([]);
    expect(outcome.figures.acknowledged).toBeGreaterThan(0);
  });
}
