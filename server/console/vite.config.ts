import { svelte } from '@sveltejs/vite-plugin-svelte';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { worldShapes } from './world_shapes.ts';

const server = process.env.SOS_SERVER ?? 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [svelte(), worldShapes()],
  resolve: {
    alias: { '@protocol': fileURLToPath(new URL('../../protocol/ts/protocol.ts', import.meta.url)) },
    // Under vitest Svelte would otherwise resolve to its server build, which mounts nothing.
    ...(process.env.VITEST ? { conditions: ['browser'] } : {}),
  },
  build: {
    target: 'es2022',
    // The map is one library of a megabyte in a chunk of its own; the warning would say only that.
    chunkSizeWarningLimit: 1500,
    // The server's CSP allows no inline data but images and fonts from files.
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: { index: fileURLToPath(new URL('index.html', import.meta.url)), sw: fileURLToPath(new URL('src/worker/main.ts', import.meta.url)) },
      // The service worker keeps its address, at the top, so that it may answer for the whole console.
      output: { entryFileNames: (chunk) => (chunk.name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js') },
    },
  },
  worker: { format: 'es' },
  server: {
    fs: { allow: ['../..'] },
    proxy: {
      '/api': { target: server },
      '/feed': { target: server, ws: true },
    },
  },
  // Time in these tests is moved by hand: how long one takes says only how busy the machine is.
  test: { include: ['src/**/*.test.ts'], testTimeout: 60_000, hookTimeout: 60_000 },
});
