import type { Browser } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { launch } from './chromium';

/** A browser for the tests of one file. */
export function useBrowser(more: { webgl?: boolean } = {}): { get: () => Browser } {
  let browser: Browser | undefined;
  beforeAll(async () => {
    browser = await launch(more);
  });
  afterAll(() => browser?.close());
  return {
    get: () => {
      if (!browser) throw new Error('no browser before the tests begin');
      return browser;
    },
  };
}
