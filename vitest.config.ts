import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

const unit = ['model', 'storage', 'broker', 'ingest', 'api', 'simulators', 'app', 'scripts'];

/** Tests that start real programs; the set-up finds or unpacks them and builds the city. */
const real = (name: string, timeout: number) => ({
  extends: true as const,
  test: {
    name,
    include: [`tests/${name}/**/*.test.ts`],
    environment: 'node' as const,
    globalSetup: ['tests/helpers/setup.ts'],
    testTimeout: timeout,
    hookTimeout: timeout,
    // What a page says comes a moment after what was done to it.
    expect: { poll: { timeout: 15_000 } },
  },
});

export default defineConfig({
  test: {
    // Much of the time is spent waiting for programs of others: one worker for each of the two cores that CI has.
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: unit.map((folder) => `${folder}/**/*.test.ts`),
          environment: 'node',
          testTimeout: 90_000,
        },
      },
      {
        extends: true,
        plugins: [svelte()],
        resolve: { conditions: ['browser'] },
        test: {
          name: 'web',
          include: ['web/**/*.test.ts'],
          setupFiles: ['web/testing/texts.ts'],
          environment: 'happy-dom',
          testTimeout: 30_000,
        },
      },
      real('contract', 120_000),
      real('flow', 180_000),
      real('browser', 180_000),
      real('faults', 300_000),
    ],
  },
});
