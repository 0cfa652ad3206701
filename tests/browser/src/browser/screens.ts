// Every screen is looked at in both languages and both themes.
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { violations } from './axe';
import { picture } from './chromium';

type Language = 'vi' | 'en';
/** What each language is called in the console, whichever it speaks. */
const LANGUAGES: Record<Language, string> = { vi: 'Tiếng Việt', en: 'English' };
const THEMES = ['dark', 'light'] as const;
/** More of a page than its screen is wide, in pixels, is an accident of rounding up to here. */
const ROUNDING_PX = 1;

/** Axe finds nothing on what the page shows now, or on a part of it, in any language and theme; a picture of each is kept. */
export async function looksRight(page: Page, name: string, within?: string): Promise<void> {
  const first = (await page.locator('html').getAttribute('lang')) as Language;
  for (const language of [first, first === 'vi' ? 'en' : 'vi'] as const) {
    await speak(page, language);
    for (const theme of THEMES) {
      // All that the console itself does to change the theme.
      await page.evaluate((wanted) => (document.documentElement.dataset.theme = wanted), theme);
      await page.evaluate(() => Promise.all(document.getAnimations().map((each) => (each.effect?.getTiming().iterations === Infinity ? null : each.finished))));
      expect(await violations(page, within), `${name}, ${language}, ${theme}`).toEqual([]);
      await picture(page, `${name}-${language}-${theme}`);
    }
  }
  await speak(page, first);
}

/** Changes the language in place. Where a dialog stands before the switch nobody could press it: it is told that it was pressed. */
async function speak(page: Page, language: Language): Promise<void> {
  const to = page.locator('button[aria-pressed]', { hasText: LANGUAGES[language] }).first();
  if ((await to.getAttribute('aria-pressed')) === 'false') await to.dispatchEvent('click');
  await page.locator(`html[lang=${language}]`).waitFor({ state: 'attached' });
}

/** What is shown now is not wider than the screen, and what ends a dialog is in sight. */
export async function fitsAcross(page: Page, name: string): Promise<void> {
  const wide = await page.evaluate((rounding) => {
    const over: string[] = [];
    const { clientWidth, scrollWidth } = document.documentElement;
    if (scrollWidth > clientWidth + rounding) over.push(`the page: ${scrollWidth} of ${clientWidth} px`);
    for (const box of Array.from(document.querySelectorAll('.desk > header, .office > header, dialog[open], main, .case-panel, .queue-panel'))) {
      if (box.checkVisibility() && box.scrollWidth > box.clientWidth + rounding) over.push(`${box.tagName}.${box.className}: ${box.scrollWidth} of ${box.clientWidth} px`);
    }
    const foot = document.querySelector('dialog[open] .foot')?.getBoundingClientRect();
    if (foot && foot.bottom > innerHeight + rounding) over.push(`what ends the dialog: ${foot.bottom} of ${innerHeight} px`);
    return over;
  }, ROUNDING_PX);
  await picture(page, name);
  expect(wide, name).toEqual([]);
}
