import { type MessagePort, Worker, type WorkerOptions } from 'node:worker_threads';

/**
 * Starts `file` (such as `./worker.js`, beside the module `from`) as a thread of this process. In development the sources
 * run as they are, and a thread must be taught to read them.
 */
export function startWorker(file: `./${string}.js`, from: string, options: WorkerOptions): Worker {
  if (!from.endsWith('.ts')) return new Worker(new URL(file, from), options);
  const source = JSON.stringify(new URL(file.replace(/\.js$/, '.ts'), from).href);
  const teach = `import('tsx/esm/api').then(({ register }) => { register(); return import(${source}); })`;
  return new Worker(teach, { ...options, eval: true });
}

/** How calls go to another thread and come from it, for birpc. No call is given up by time: it ends with the other thread. */
export const overPort = (port: Worker | MessagePort) => ({
  post: (message: unknown) => port.postMessage(message),
  on: (listener: (message: unknown) => void) => void port.on('message', listener),
  timeout: -1,
});
