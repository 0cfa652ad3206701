import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { alias: { '@protocol': fileURLToPath(new URL('../../protocol/ts/protocol.ts', import.meta.url)) } },
  test: {
    include: ['src/**/*.test.ts'],
    // Every file drives a browser of its own; two cores do not carry several at once without slowing each down.
    fileParallelism: false,
    testTimeout: 90_000,
    hookTimeout: 120_000,
    reporters: ['default'],
    disableConsoleIntercept: true,
  },
});
