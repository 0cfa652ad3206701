// Every screen is looked at in both themes.
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { violations } from './axe';
import { picture } from './chromium';

export type Language = 'vi' | 'en';
type Theme = 'dark' | 'light';
/** A theme has colours of its own and nothing else: it needs no look in every language. */
const THEMES: Record<Language, readonly Theme[]> = { vi: ['dark', 'light'], en: ['light'] };
/** More of a page than its screen is wide, in pixels, is an accident of rounding up to here. */
const ROUNDING_PX = 1;

/** Axe finds nothing on what the page shows now, or on a part of it, in the themes of its language; a picture of each is kept. */
export async function looksRight(page: Page, name: string, within?: string): Promise<void> {
  const [first, ...others] = THEMES[(await page.locator('html').getAttribute('lang')) as Language];
  for (const theme of [first, ...others]) {
    // All that the console itself does to change the theme.
    await page.evaluate((wanted) => (document.documentElement.dataset.theme = wanted), theme);
    await page.evaluate(() => Promise.all(document.getAnimations().map((each) => (each.effect?.getTiming().iterations === Infinity ? null : each.finished))));
    const rules = theme === first ? {} : { rules: ['color-contrast'] };
    expect(await violations(page, { ...(within && { within }), ...rules }), `${name}, ${theme}`).toEqual([]);
    await picture(page, `${name}-${theme}`);
  }
}

/** What is shown now is not wider than the screen. */
export async function fitsAcross(page: Page, name: string): Promise<void> {
  const wide = await page.evaluate((rounding) => {
    const over: string[] = [];
    const { clientWidth, scrollWidth } = document.documentElement;
    if (scrollWidth > clientWidth + rounding) over.push(`the page: ${scrollWidth} of ${clientWidth} px`);
    for (const box of Array.from(document.querySelectorAll('.desk > header, .office > header, dialog[open], main, .case-panel, .queue-panel'))) {
      if (box.checkVisibility() && box.scrollWidth > box.clientWidth + rounding) over.push(`${box.tagName}.${box.className}: ${box.scrollWidth} of ${box.clientWidth} px`);
    }
    return over;
  }, ROUNDING_PX);
  await picture(page, name);
  expect(wide, name).toEqual([]);
}

/** Sets the language as it is kept on this computer, and opens the console anew. */
export async function speak(page: Page, language: Language): Promise<void> {
  await page.evaluate((wanted) => localStorage.setItem('sos.console.settings', JSON.stringify({ language: wanted })), language);
  await page.reload();
}
