import type { TestProject } from 'vitest/node';
import { ensureBuilt } from './build.ts';
import { needTools, type ToolName } from './tools.ts';

/** What each project's tests run that is not ours. */
const NEEDS: Readonly<Record<string, readonly ToolName[]>> = {
  contract: ['influxd'],
  flow: ['influxd', 'mosquitto', 'mosquitto_pub', 'mosquitto_sub', 'python3', 'g++'],
  browser: ['chromium'],
  faults: ['influxd', 'strace'],
};

/** Before a project's tests: its tools are there, and the city is built where its tests start it. */
export default async function setup(project: TestProject): Promise<void> {
  await needTools(NEEDS[project.name] ?? []);
  if (project.name !== 'contract') await ensureBuilt();
}
