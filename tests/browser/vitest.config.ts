import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { alias: { '@protocol': fileURLToPath(new URL('../../protocol/ts/protocol.ts', import.meta.url)) } },
  test: {
    include: ['src/**/*.test.ts'],
    // Every file drives a browser and a service of its own and waits now and then: two go side by side.
    maxWorkers: 2,
    testTimeout: 180_000,
    hookTimeout: 180_000,
    reporters: ['default', ['json', { outputFile: 'out/results.json' }]],
    disableConsoleIntercept: true,
  },
});
