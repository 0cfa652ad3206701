import { defineConfig } from 'vitest/config';
import tests from './vitest.config.ts';

/** `npm run measure`: figures, which no test asserts. */
export default defineConfig({ ...tests, test: { ...tests.test, include: ['src/**/*.measure.ts'] } });
