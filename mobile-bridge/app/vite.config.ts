import { svelte } from '@sveltejs/vite-plugin-svelte';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const server = process.env.SOS_SERVER ?? 'http://127.0.0.1:8080';

export default defineConfig({
  base: '/app/',
  plugins: [svelte()],
  resolve: {
    alias: { '@protocol': fileURLToPath(new URL('../../protocol/ts/protocol.ts', import.meta.url)) },
    // Under vitest Svelte would otherwise resolve to its server build, which mounts nothing.
    ...(process.env.VITEST ? { conditions: ['browser'] } : {}),
  },
  build: {
    // Phones of four years ago.
    target: ['chrome96', 'safari15.4', 'firefox100'],
    // The server's CSP allows no inline data.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    fs: { allow: ['../..'] },
    proxy: {
      '/api': { target: server },
      '/phone': { target: server, ws: true },
    },
  },
  // Time in these tests is moved by hand: how long one takes says only how busy the machine is.
  test: { include: ['src/**/*.test.ts'], testTimeout: 60_000, hookTimeout: 60_000 },
});
