// A whole shift of an officer whose mouse is broken.
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { picture } from './browser/chromium';
import { useBrowser } from './browser/in_tests';
import { beginShift, fromMenu, pressOn, tabTo, typeInto } from './browser/keyboard';
import { Officer } from './browser/officer';
import { looksRight } from './browser/screens';
import { sounds } from './browser/sound';
import { query } from './service/database';
import { useService } from './service/in_tests';
import { createWorkers, LAN, MINH } from './service/people';
import { Phone, type PhoneInHand } from './service/phone';
import { until } from './wait';

const service = useService();
const chromium = useBrowser({ webgl: false });
const TAIPEI = { lat: 25.05, lon: 121.52 };

it('is worked from sign-in to hand-over by keyboard alone', async () => {
  const codes = await createWorkers(service, ['Đặng Thị Sáng', 'Cao Văn Trưa', 'Mai Thị Tối']);
  const phones: Phone[] = [];
  for (const code of codes) phones.push(await Phone.enrolled(service, code));
  const [morning, noon, evening] = phones as [Phone, Phone, Phone];
  const lan = await Officer.at(chromium.get(), service.url);
  const minh = await Officer.at(chromium.get(), service.url);
  await beginShift(lan.page, LAN);
  await beginShift(minh.page, MINH);
  const { page } = minh;

  const first = await rings(minh, () => morning.press('rang', { at: TAIPEI, kind: 'held' }));
  await page.keyboard.press('j');
  await isOpen(page, first);
  await page.keyboard.press('c');
  await minh.state('claimed');
  await page.locator('[data-testid=sound][data-sound=on]').waitFor();

  const hand = morning.walk(TAIPEI, { seconds: 300, everyS: 5 });
  try {
    await work(page, hand);
    const second = await rings(minh, () => noon.press('rang', { at: TAIPEI }));
    await close(page);
    await hand.reaches('closed');
    await page.keyboard.press('Enter');
    await isOpen(page, second);
    await page.keyboard.press('c');
    await minh.state('claimed');
    const third = await rings(minh, () => evening.press('rang', { at: TAIPEI }));
    await page.keyboard.press('j');
    await isOpen(page, third);
    await page.keyboard.press('c');
    await minh.state('claimed');

    await handOver(page, { given: second, released: third });
    await fromMenu(page, 'Đăng xuất');
    await page.getByLabel('Tài khoản').waitFor();
    await isTaken(lan, second);
    await isOnRecord({ first, second, third });
  } finally {
    await hand.putAway();
  }
  for (const officer of [lan, minh]) await officer.leave();
});

/** The press rings at the console; its case. */
async function rings({ page }: Officer, press: () => Promise<{ case_id: string | null }>): Promise<string> {
  const quiet = (await sounds(page)).length;
  const { case_id } = await press();
  await page.locator('[data-testid=sound][data-sound=ringing]').waitFor();
  await until('the bell', async () => (await sounds(page)).length > quiet);
  return case_id as string;
}

function isOpen(page: Page, caseId: string): Promise<void> {
  return page.locator(`.case-panel[data-case="${caseId}"][data-status=ready]`).waitFor();
}

/** Answers, asks, notes, tags, and asks where the worker is. */
async function work(page: Page, hand: PhoneInHand): Promise<void> {
  const panel = page.locator('.case-panel');
  await page.keyboard.press('1');
  await typeInto(page, page.getByTestId('compose-message'), 'Em còn ở xưởng không?');
  await page.keyboard.press('Enter');
  await hand.hears('Em còn ở xưởng không?');
  hand.say('Dạ còn, cửa bị khoá');
  await page.getByTestId('message-worker').filter({ hasText: 'cửa bị khoá' }).waitFor();
  await page.keyboard.press('Escape');

  await page.keyboard.press('2');
  const question = panel.locator('.question').first();
  await pressOn(page, question.getByRole('button').first());
  await page.getByTestId('ask-progress').filter({ hasText: 'Đã trả lời 1/' }).waitFor();
  await question.getByText(`${MINH.name} ghi lúc`).waitFor();
  await picture(page, 'shift-question');

  await page.keyboard.press('3');
  await typeInto(page, page.getByTestId('compose-note'), 'Đã báo cảnh sát Đài Bắc.');
  await page.keyboard.press('Enter');
  await page.getByTestId('timeline').getByText('Đã báo cảnh sát Đài Bắc.').waitFor();
  await page.keyboard.press('Escape');

  await page.keyboard.press('g');
  const dialog = page.getByRole('dialog');
  await dialog.waitFor();
  await page.keyboard.type('bị khoá cửa');
  await page.keyboard.press('Enter');
  await dialog.getByRole('button', { name: 'Bỏ thẻ bị khoá cửa' }).waitFor();
  await page.keyboard.press('Enter');
  await dialog.waitFor({ state: 'detached' });
  await page.getByTestId('timeline').getByText('đặt thẻ: bị khoá cửa').waitFor();

  await page.keyboard.press('f');
  await page.getByTestId('timeline').locator('[data-kind=fix_asked]').waitFor();
}

async function close(page: Page): Promise<void> {
  await page.keyboard.press('r');
  const dialog = page.getByRole('dialog');
  await dialog.waitFor();
  await page.keyboard.press('Space');
  expect(await dialog.getByRole('radio', { name: 'Đã giải quyết' }).isChecked()).toBe(true);
  await typeInto(page, dialog.getByTestId('close-summary'), 'Cảnh sát đã mở cửa, chị an toàn.');
  await picture(page, 'shift-close');
  await pressOn(page, dialog.getByRole('button', { name: 'Đóng ca' }));
  await dialog.waitFor({ state: 'detached' });
  const next = page.getByTestId('next-case').getByTestId('open-next');
  await until('the next case under the Enter key', () => next.evaluate((button) => button === document.activeElement));
}

/** Ends the shift with two cases in hand. */
async function handOver(page: Page, { given, released }: { given: string; released: string }): Promise<void> {
  await fromMenu(page, 'Kết thúc ca trực');
  const dialog = page.getByRole('dialog');
  const of = (caseId: string) => dialog.locator(`[data-case="${caseId}"]`);
  const confirm = dialog.locator('form button').last();
  await dialog.getByText('Bạn đang giữ 2 ca').waitFor();
  expect(await confirm.isDisabled()).toBe(true);

  await tabTo(page, of(given).getByRole('radio').first());
  await page.keyboard.press('Space');
  await tabTo(page, of(given).getByRole('combobox'));
  await page.keyboard.type(LAN.name);
  expect(await of(given).getByRole('combobox').locator('option:checked').textContent()).toBe(LAN.name);
  await tabTo(page, of(released).getByRole('radio').first());
  await page.keyboard.press('ArrowRight');
  expect(await of(released).getByRole('radio', { name: 'Trả lại' }).isChecked()).toBe(true);
  await typeInto(page, dialog.getByTestId('hand-over-note'), 'Đã gọi hai lần, máy bận.');
  await looksRight(page, 'shift-hand-over', 'dialog[open]');
  await pressOn(page, dialog.getByRole('button', { name: 'Bàn giao, kết thúc và tắt chuông' }));
  await dialog.waitFor({ state: 'detached' });
  await page.getByRole('banner').getByRole('button', { name: 'Bắt đầu ca trực' }).waitFor();
}

/** The colleague is told that the case was given to her, and takes it. */
async function isTaken(lan: Officer, caseId: string): Promise<void> {
  const { page } = lan;
  await lan.row(caseId).waitFor();
  const chosen = () => page.locator('.case-panel').getAttribute('data-case');
  for (let below = 0; below < 2 && (await chosen()) !== caseId; below += 1) await page.keyboard.press('j');
  await isOpen(page, caseId);
  await page.getByTestId('assigned').filter({ hasText: 'Giao cho bạn' }).waitFor();
  await page.keyboard.press('3');
  await page.getByTestId('timeline').getByText('Đã gọi hai lần, máy bận.').waitFor();
  await picture(page, 'shift-given');
  await page.keyboard.press('c');
  await page.getByTestId('case-state').filter({ hasText: 'Bạn đang xử lý' }).waitFor();
}

async function isOnRecord(cases: { first: string; second: string; third: string }): Promise<void> {
  const of = (caseId: string) => query(service, `SELECT state, name FROM cases LEFT JOIN staff ON staff_id = owner_id WHERE case_id = '${caseId}'`);
  expect(await of(cases.first)).toEqual([['closed', '']]);
  expect(await of(cases.second)).toEqual([['claimed', LAN.name]]);
  expect(await of(cases.third)).toEqual([['open', '']]);
  const kinds = (await query(service, `SELECT kind FROM ledger WHERE case_id = '${cases.first}'`)).flat();
  for (const kind of ['claimed', 'message', 'answered', 'note', 'tagged', 'fix_asked', 'closed']) expect(kinds).toContain(kind);
}
