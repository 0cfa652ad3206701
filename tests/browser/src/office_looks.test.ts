// The office of administrators and of those who answer for a desk, in both languages and themes, and on a telephone.
import type { Page } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';
import { useBrowser } from './browser/in_tests';
import { enter, rooms } from './browser/office';
import { Officer, type Screen } from './browser/officer';
import { fitsAcross, looksRight } from './browser/screens';
import { useService } from './service/in_tests';
import { createStaff, DUC, QUAN, YEN, type StaffMember } from './service/people';

const service = useService();
const chromium = useBrowser({ webgl: false });
const OF: { who: StaffMember; rooms: number }[] = [{ who: QUAN, rooms: 11 }, { who: DUC, rooms: 4 }];
beforeAll(() => createStaff(service, [DUC, YEN]));

it.each(OF)('every room of $who.role looks right', async ({ who, rooms: count }) => {
  const officer = await inOffice(who);
  const { page } = officer;
  const all = await rooms(page);
  expect(all).toHaveLength(count);
  for (const room of all) {
    await visit(page, room);
    // The frame is the same around every room.
    await looksRight(page, `office-${who.role}-${room}`, room === all[0] ? undefined : '.office main');
  }
  await officer.leave();
});

it('is never wider than a telephone', async () => {
  const officer = await inOffice(QUAN, { width: 390, height: 844 });
  const { page } = officer;
  for (const width of [390, 320]) {
    await page.setViewportSize({ width, height: 844 });
    for (const room of await rooms(page)) {
      await enter(page, room);
      await fitsAcross(page, `office-${width}-${room}`);
      if (await openFirst(page)) await fitsAcross(page, `office-${width}-${room}-open`);
    }
  }
  await officer.leave();
});

it('is open to the duty officer of the ministry, who comes back to the cases', async () => {
  const officer = await inOffice(YEN);
  const { page } = officer;
  expect(await rooms(page)).toEqual(['rotas', 'policies', 'webhooks', 'holidays']);
  await page.getByRole('button', { name: 'Về danh sách ca' }).click();
  await page.locator('.queue-panel').waitFor();
  await page.locator('[popovertarget=menu]').click();
  await page.getByRole('button', { name: 'Kênh báo của cả bàn' }).click();
  await page.getByRole('dialog').getByText('Chưa cán bộ nào có kênh.').waitFor();
  await looksRight(page, 'dialog-desk-channels', 'dialog[open]');
  await officer.leave();
});

async function inOffice(who: StaffMember, screen?: Screen): Promise<Officer> {
  const officer = await Officer.at(chromium.get(), service.url, screen);
  const { page } = officer;
  if (who.role === 'administrator') {
    await officer.signIn(who);
  } else {
    await officer.startShift(who);
    await page.locator('[popovertarget=menu]').click();
    await page.locator('#menu .actions button').first().click();
  }
  await page.locator('.office').waitFor();
  return officer;
}

/** Goes to a room, and opens the first thing in it that has to do with Taipei. */
async function visit(page: Page, room: string): Promise<void> {
  await enter(page, room);
  const search = page.locator('.office main .list input[type=search]');
  if (await search.count()) await search.fill('Đài Bắc');
  await openFirst(page);
}

async function openFirst(page: Page): Promise<boolean> {
  const row = page.locator('.office main .list button.row').first();
  if (!(await row.count())) return false;
  if (await row.isVisible()) await row.click();
  await page.locator('.office main .editor h3').first().waitFor();
  return true;
}
