import type { Page } from 'playwright-core';

/** The rooms of the office that stand in its list, in order. */
export function rooms(page: Page): Promise<string[]> {
  return page.locator('.office nav select option').evaluateAll((options) => options.map((option) => (option as HTMLOptionElement).value));
}

/**
 * Goes to a room by its list, as it is drawn at this width, and waits until what belongs there is loaded. The office
 * itself may still be on its way: its list is waited for, and a room that is not in it is an error here.
 */
export async function enter(page: Page, room: string): Promise<void> {
  const list = page.locator('.office nav select');
  await list.locator(`option[value=${room}]`).waitFor({ state: 'attached' });
  if (await list.isVisible()) await list.selectOption(room);
  else await page.locator('.office nav button.to').nth((await rooms(page)).indexOf(room)).click();
  await page.locator(`.office[data-room=${room}] main :is(h2, h3)`).first().waitFor();
  await page.locator('.office main .empty[role=status]').waitFor({ state: 'detached' });
}
