import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';

/** What nice(2) says of a thread: the 19th field of its stat; the second may hold spaces. */
const niceOf = (task: string): number => {
  const text = readFileSync(`/proc/${task}/stat`, 'utf8');
  return Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[16]);
};

describe.runIf(process.platform === 'linux')('giving way', () => {
  it('lowers the priority of the thread that gives way, and of no other', async () => {
    const before = niceOf('thread-self');
    const source = JSON.stringify(new URL('./give-way.ts', import.meta.url).href);
    const code = `import('tsx/esm/api').then(async ({ register }) => {
      register();
      const { giveWay } = await import(${source});
      giveWay();
      const text = require('node:fs').readFileSync('/proc/thread-self/stat', 'utf8');
      require('node:worker_threads').parentPort.postMessage(Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[16]));
    })`;
    const worker = new Worker(code, { eval: true });
    const [told] = await once(worker, 'message');
    await worker.terminate();
    expect(told).toBe(10);
    expect(niceOf('thread-self')).toBe(before);
  });
});
