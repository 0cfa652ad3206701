// What a person does who has a keyboard and nothing else.
import type { Locator, Page } from 'playwright-core';
import { PASSWORD, type StaffMember } from '../service/people';

/** More than any screen has places for the Tab key to stop. */
const TAB_STEPS_MAX = 90;

/** Goes there with the Tab key alone. */
export async function tabTo(page: Page, what: Locator): Promise<void> {
  await what.waitFor();
  for (let steps = 0; steps < TAB_STEPS_MAX; steps += 1) {
    if (await what.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error('the Tab key does not lead there');
}

/** Goes to a button and presses it. */
export async function pressOn(page: Page, what: Locator): Promise<void> {
  await tabTo(page, what);
  await page.keyboard.press('Enter');
}

/** Goes to a field and writes. */
export async function typeInto(page: Page, what: Locator, text: string): Promise<void> {
  await tabTo(page, what);
  await page.keyboard.type(text);
}

/** Signs in and begins the shift. */
export async function beginShift(page: Page, member: StaffMember): Promise<void> {
  await typeInto(page, page.getByLabel('Tài khoản'), member.login);
  await typeInto(page, page.getByLabel('Mật khẩu', { exact: true }), PASSWORD);
  await page.keyboard.press('Enter');
  await pressOn(page, page.getByRole('button', { name: /bật chuông/i }));
  await page.locator('dialog').waitFor({ state: 'detached' });
  await page.locator('[data-testid=link][data-link=good]').waitFor();
}

/** Presses a button of the menu in the corner. */
export async function fromMenu(page: Page, name: string): Promise<void> {
  await pressOn(page, page.getByRole('button', { name: 'Tuỳ chọn' }));
  await pressOn(page, page.locator('#menu').getByRole('button', { name, exact: true }));
}
