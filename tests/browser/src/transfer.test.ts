// A case is offered to another desk: declined, withdrawn, taken. Until it is taken it stays where it is.
import { expect, it } from 'vitest';
import { picture } from './browser/chromium';
import { useBrowser } from './browser/in_tests';
import { Officer } from './browser/officer';
import { looksRight } from './browser/screens';
import { query } from './service/database';
import { useService } from './service/in_tests';
import { createWorkers, HOA, LAN } from './service/people';
import { Phone } from './service/phone';

const service = useService();
const chromium = useBrowser({ webgl: false });
const TAIPEI = { lat: 25.04, lon: 121.51 };

it('is declined with a reason, withdrawn, and taken', async () => {
  const [code] = await createWorkers(service, ['Trịnh Văn Chuyển']);
  const phone = await Phone.enrolled(service, code as never);
  const lan = await Officer.at(chromium.get(), service.url);
  const hoa = await Officer.at(chromium.get(), service.url);
  await lan.startShift(LAN);
  await hoa.startShift(HOA);
  const { case_id } = await phone.press('rang', { at: TAIPEI });
  const caseId = case_id as string;
  await lan.open(caseId);
  await lan.claim();
  expect(await hoa.row(caseId).count()).toBe(0);
  const hand = phone.walk(TAIPEI, { seconds: 300, everyS: 5 });
  const atLans = lan.page.getByTestId('offer');
  const atHoas = hoa.page.getByTestId('offer');
  try {
    expect((await hand.reaches('claimed')).by).toBe(LAN.name);

    await offer(lan, 'Chị ấy đang trên tàu đi Osaka');
    await hoa.open(caseId);
    await atHoas.filter({ hasText: 'đề nghị chuyển ca này cho bàn của bạn' }).waitFor();
    expect(await atHoas.textContent()).toContain('Nhận: bàn của bạn giữ ca. Từ chối: ca ở lại bàn kia.');
    expect(await hoa.page.locator('.case-panel').textContent()).not.toContain('chỉ xem');
    await looksRight(hoa.page, 'transfer-offered', '.case-panel');
    await looksRight(lan.page, 'transfer-waits', '.case-panel');
    await hoa.button('Từ chối').click();
    const dialog = hoa.page.getByRole('dialog');
    await dialog.getByRole('textbox').fill('Tàu chưa rời Đài Loan');
    await dialog.getByRole('button', { name: 'Từ chối' }).click();
    await atLans.waitFor({ state: 'detached' });
    await lan.tab('Diễn biến');
    await lan.page.locator('[data-kind=declined]').filter({ hasText: 'Tàu chưa rời Đài Loan' }).waitFor();
    await picture(lan.page, 'transfer-declined');

    await offer(lan, '');
    await hoa.row(caseId).waitFor();
    await lan.button('Rút lại').click();
    await atLans.waitFor({ state: 'detached' });
    await hoa.page.locator('[data-testid=offer]').waitFor({ state: 'detached' });

    await offer(lan, '');
    await hoa.open(caseId);
    await hoa.page.keyboard.press('c');
    await hoa.page.getByTestId('case-state').filter({ hasText: 'Bạn đang xử lý' }).waitFor();
    await lan.page.getByTestId('case-state').filter({ hasText: `${HOA.name} đang xử lý` }).waitFor();
    await hand.reaches('claimed', HOA.name);
  } finally {
    await hand.putAway();
  }
  const [row] = await query(service, `SELECT desk_id, state FROM cases WHERE case_id = '${caseId}'`);
  expect(row).toEqual(['jp-tokyo', 'claimed']);
  const kinds = (await query(service, `SELECT kind FROM ledger WHERE case_id = '${caseId}' ORDER BY seq`)).flat();
  expect(kinds.filter((kind) => ['offered', 'declined', 'withdrawn', 'transferred'].includes(kind))).toEqual(
    ['offered', 'declined', 'offered', 'withdrawn', 'offered', 'transferred'],
  );
  for (const officer of [lan, hoa]) await officer.leave();
});

/** Offers the open case to Tokyo; it is hers until they take it. */
async function offer({ page }: Officer, reason: string): Promise<void> {
  await page.keyboard.press('t');
  const dialog = page.getByRole('dialog');
  await dialog.getByTestId('desk-search').fill('jp-tokyo');
  await page.keyboard.press('Enter');
  await dialog.getByRole('textbox').last().fill(reason);
  await dialog.getByRole('button', { name: /^Đề nghị/ }).click();
  await page.getByTestId('offer').filter({ hasText: 'Đã đề nghị chuyển cho' }).waitFor();
}
