import { join } from 'node:path';
import { temporaryDirectory } from '../../helpers/temporary.ts';
import { Lab, type LabOptions } from './lab.ts';
import type { Outcome, Progress, Scenario } from './scenario.ts';
import { faultsIn } from './verify.ts';

export type Form = 'short' | 'long';

/** Runs a scenario in a laboratory of its own, `env` being the city's settings, and takes that away again. Throws where the scenario could not be played to its end. */
export async function play(
  scenario: Scenario,
  form: Form,
  progress: Progress = () => {},
  env: LabOptions['env'] = {},
): Promise<Outcome> {
  const folder = await temporaryDirectory();
  const lab = await Lab.open({ dataDir: join(folder.path, 'data'), env });
  try {
    return await scenario.run(lab, scenario[form], progress);
  } catch (error) {
    throw new Error(`${scenario.id} was not played to its end; the city: ${await lab.condition()}`, { cause: error });
  } finally {
    await lab.close();
    await folder.remove();
  }
}

/** Every promise that was broken, as text; empty where all were kept. */
export const brokenIn = ({ figures, broken = [] }: Outcome): readonly string[] => [...faultsIn(figures), ...broken];

/** What is wrong with a scenario's outcome; nothing where it is as it has to be. */
export const failuresOf = ({ losing = false }: Scenario, outcome: Outcome): readonly string[] =>
  losing ? (outcome.broken ?? []) : brokenIn(outcome);
