import type { Locator, Page } from 'playwright-core';
import type { Officer } from './officer';

/** Goes to the lists of reports by the menu. */
export async function openReports(officer: Officer): Promise<void> {
  const { page } = officer;
  await page.locator('[popovertarget=menu]').click();
  await page.getByTestId('open-reports').click();
  await listed(page);
}

/** The list on the screen has come. */
export function listed(page: Page): Promise<void> {
  return page.locator('#reports-panel[data-status=ready]').waitFor();
}

/** Goes to one of the lists. */
export async function chooseList(page: Page, list: string): Promise<void> {
  await page.locator(`#reports-tab-${list}`).click();
  await page.locator(`#reports-panel[data-of=${list}][data-status=ready]`).waitFor();
}

/** Opens a report from the list. */
export async function openListed(page: Page, caseId: string): Promise<void> {
  await page.locator(`[data-report="${caseId}"]`).click();
  await page.locator(`[data-testid=report][data-case="${caseId}"] h3`).first().waitFor();
}

/** The report on the screen is this version of it, and nothing is under way. */
export function version(page: Page, number: number): Promise<void> {
  return page.locator(`[data-testid=report][data-version="${number}"]:not([data-busy]):not([aria-busy=true])`).waitFor();
}

/** Writes into a field of the report. */
export async function writeInto(page: Page, field: string, text: string): Promise<void> {
  const where: Locator = page.getByTestId(field);
  await where.fill(text);
}
