import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

const city = '127.0.0.1:8080';

export default defineConfig({
  root: import.meta.dirname,
  plugins: [svelte()],
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    target: 'es2022',
    // MapLibre and its worker are one chunk each, loaded after the page.
    chunkSizeWarningLimit: 1_200,
    rolldownOptions: {
      // The page reads the city's rows and never validates with them: without this zod would come along.
      treeshake: { manualPureFunctions: ['z', 'record'] },
    },
  },
  server: {
    proxy: {
      '/api': `http://${city}`,
      '/mqtt': { target: `ws://${city}`, ws: true },
    },
  },
});
