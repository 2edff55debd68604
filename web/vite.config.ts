import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';
import { serviceWorker } from './offline/plugin.ts';
import { pureModel } from './pure-model.ts';

const city = '127.0.0.1:8080';

export default defineConfig({
  root: import.meta.dirname,
  plugins: [svelte(), pureModel(), serviceWorker()],
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    // What is loaded with what: the page's weight is tested by it.
    manifest: true,
    target: 'es2022',
    // MapLibre and its worker are one chunk each, loaded after the page.
    chunkSizeWarningLimit: 1_200,
  },
  server: {
    proxy: {
      '/api': `http://${city}`,
      '/basemap': `http://${city}`,
      '/mqtt': { target: `ws://${city}`, ws: true },
    },
  },
});
