import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Plugin } from 'vite';

/** What is not kept for offline: older browsers' fonts, which none that runs service workers reads. */
const LEFT_OUT = /^\.vite\/|\.woff$|\.map$|^sw\.js$/;

/**
 * Builds the service worker after the page, as one file that knows the names of all others. A generator such as
 * workbox-build would bring three hundred packages for this list.
 */
export function serviceWorker(): Plugin {
  let outDir = '';
  let worker = '';
  return {
    name: 'nhip-service-worker',
    apply: 'build',
    configResolved(config) {
      outDir = join(config.root, config.build.outDir);
      if (config.build.outDir.startsWith('/')) outDir = config.build.outDir;
      worker = join(config.root, 'offline/worker.ts');
    },
    async writeBundle() {
      const files = readdirSync(outDir, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) =>
          join(entry.parentPath, entry.name).slice(outDir.length).replaceAll('\\', '/').replace(/^\//, ''),
        )
        .filter((path) => !LEFT_OUT.test(path))
        .sort();
      const content = createHash('sha256');
      for (const path of files) content.update(path).update(readFileSync(join(outDir, path)));
      await build({
        configFile: false,
        logLevel: 'warn',
        publicDir: false,
        define: {
          __BUILD__: JSON.stringify(content.digest('hex').slice(0, 12)),
          __FILES__: JSON.stringify(files.map((path) => `/${path}`)),
        },
        build: {
          outDir,
          emptyOutDir: false,
          target: 'es2022',
          rolldownOptions: { input: worker, output: { format: 'iife', entryFileNames: 'sw.js' } },
        },
      });
    },
  };
}
