import { defineConfig } from 'vitest/config';
import tests from './vitest.config.ts';

/** `npm run picture`: takes the picture of the console that the README shows. */
export default defineConfig({ ...tests, test: { ...tests.test, include: ['src/readme.picture.ts'] } });
