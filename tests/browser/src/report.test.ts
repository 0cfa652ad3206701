// The life of an incident report, from closing a case to acceptance after one return, and how its pages look.
import { beforeAll, expect, it } from 'vitest';
import type { ReportList, ReportView } from '@protocol';
import { useBrowser } from './browser/in_tests';
import { pressOn, tabTo } from './browser/keyboard';
import { Officer, OFFICE, type Screen } from './browser/officer';
import { chooseList, listed, openListed, openReports, version, writeInto } from './browser/reports';
import { fitsAcross, looksRight } from './browser/screens';
import { useService } from './service/in_tests';
import { createStaff, createWorkers, DUC, LAN, TAM, type StaffMember } from './service/people';
import { Phone } from './service/phone';

const service = useService();
const chromium = useBrowser({ webgl: false });
const TAIPEI = { lat: 25.04, lon: 121.51 };
const QUESTION = 'Vì sao 20 phút sau mới gọi cảnh sát?';
const REPORT = /\/api\/cases\/[^/]+\/report(\?|$)/;
const WIDTHS = [390, 320];
let caseId = '';

beforeAll(async () => {
  await createStaff(service, [DUC]);
  const [code] = await createWorkers(service, ['Lò Thị Xưởng']);
  const phone = await Phone.enrolled(service, code as never);
  caseId = (await phone.press('recorded', { at: TAIPEI, kind: 'attacked', text: 'Chủ đánh em' })).case_id as string;
});

it('is empty before there is anything to report', async () => {
  const tam = await signedIn(TAM);
  const { page } = tam;
  await openReports(tam);
  await page.getByTestId('reports-empty').getByText('Không có báo cáo nào chờ Bộ xem xét.').waitFor();
  await looksRight(page, 'reports-empty', '.reports');
  for (const width of WIDTHS) await narrow(page, width, 'reports-empty');
  await tam.leave();
});

it('lives from the closing of a case to acceptance after one return', async () => {
  const [lan, duc, tam] = [await onShift(LAN), await onShift(DUC), await signedIn(TAM)];
  await closesTheCase(lan);
  await writesIt(lan);
  await isSubmittedBy(duc, 1, 'draft');
  await version(lan.page, 2);
  await lan.page.getByTestId('read-cause').getByText('Chủ say rượu').waitFor();
  await isReturnedBy(tam);
  await isAnsweredBy(lan);
  await isSubmittedBy(duc, 4, 'returned');
  await isAcceptedBy(tam);
  await isFollowedUpBy(lan);
  await Promise.all([lan, duc, tam].map((officer) => officer.leave()));
});

it('that two write at once loses the words of neither, and a network that is away loses none', async () => {
  const [lan, duc] = [await onShift(LAN), await onShift(DUC)];
  const phone = Phone.unknown(service);
  const other = (await phone.press('recorded', { at: TAIPEI })).case_id as string;
  await lan.open(other);
  await lan.claim();
  await lan.close('Không liên lạc được', 'Gọi nhiều lần không được');
  await lan.page.getByTestId('report-owed').getByRole('button').click();
  await version(lan.page, 0);
  await openReports(duc);
  await openListed(duc.page, other);
  await version(duc.page, 0);
  await writeInto(lan.page, 'write-cause', 'Máy của người lao động hết pin');
  await writeInto(duc.page, 'write-cause', 'Không rõ');
  await writeInto(duc.page, 'write-lessons', 'Xin số của người ở cùng phòng');
  await lan.page.getByTestId('save-report').click();
  await version(lan.page, 1);
  // The feed tells the other one before they save.
  await version(duc.page, 1);
  await duc.page.getByTestId('theirs').getByText('Máy của người lao động hết pin').waitFor();
  await expect.poll(() => duc.page.getByTestId('write-cause').inputValue()).toBe('Không rõ');
  await duc.page.getByTestId('other').waitFor();
  await looksRight(duc.page, 'report-two-writers', '.reports');
  await duc.page.getByRole('button', { name: 'Dùng bản này thay bản của tôi' }).click();
  await duc.page.getByTestId('theirs').waitFor({ state: 'detached' });

  await duc.page.route(REPORT, (route) => (route.request().method() === 'POST' ? route.abort() : route.continue()));
  await duc.page.getByTestId('save-report').click();
  await duc.page.getByTestId('act-failed').getByText('Phần bạn viết vẫn còn ở đây').waitFor();
  await looksRight(duc.page, 'report-unreachable', '.reports');
  await duc.page.unroute(REPORT);
  await duc.page.getByRole('button', { name: 'Danh sách báo cáo' }).click();
  await duc.page.getByRole('dialog').getByText('Rời báo cáo khi chưa lưu?').waitFor();
  await looksRight(duc.page, 'report-leave', 'dialog[open]');
  await duc.page.getByTestId('leave-save').click();
  await listed(duc.page);
  await lan.page.getByTestId('other').waitFor();
  await expect.poll(() => lan.page.getByTestId('write-lessons').inputValue()).toBe('Xin số của người ở cùng phòng');
  await Promise.all([lan.leave(), duc.leave()]);
});

it('looks right with far too much in it', async () => {
  const lan = await onShift(LAN);
  const { page } = lan;
  await page.route(/\/api\/reports/, async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: fullList((await answer.json()) as ReportList) });
  });
  await page.route(REPORT, async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: fullReport((await answer.json()) as ReportView) });
  });
  await openReports(lan);
  await chooseList(page, 'all');
  await page.locator('[data-report]').nth(49).waitFor();
  await looksRight(page, 'reports-full', '.reports');
  for (const width of WIDTHS) await narrow(page, width, 'reports-full');
  await page.setViewportSize(OFFICE);
  await openListed(page, caseId);
  await page.getByTestId('measure-30').waitFor();
  await looksRight(page, 'report-full', '.reports');
  for (const width of WIDTHS) {
    await narrow(page, width, 'report-full');
    for (const part of ['questions', 'measure-30', 'steps']) {
      await page.getByTestId(part).scrollIntoViewIfNeeded();
      await fitsAcross(page, `report-full-${width}-${part}`);
    }
  }
  await lan.leave();
});

async function closesTheCase(lan: Officer): Promise<void> {
  const { page } = lan;
  await lan.open(caseId);
  await lan.claim();
  await lan.close('Đã giải quyết', 'Đã về ký túc xá an toàn');
  const owed = page.getByTestId('report-owed');
  await owed.getByText('Ca này phải có báo cáo vụ việc').waitFor();
  await owed.getByText('bị thương, bị đánh hoặc bị giữ').waitFor();
  await looksRight(page, 'report-owed', '.case-panel');
  await pressOn(page, owed.getByRole('button'));
  await version(page, 0);
}

async function writesIt(lan: Officer): Promise<void> {
  const { page } = lan;
  await page.getByTestId('drafted').getByText(`${LAN.name} nhận ca`).waitFor();
  await page.getByText('giờ sở tại (Asia/Taipei)').waitFor();
  await looksRight(page, 'report-fresh', '.reports');
  await page.getByRole('button', { name: 'EN', exact: true }).click();
  await page.getByTestId('drafted').getByText(`${LAN.name} claimed the case`).waitFor();
  await page.getByRole('button', { name: 'VI', exact: true }).click();
  await page.locator('[data-testid=drafted][data-language=vi]').waitFor();
  // All of it with the keyboard alone.
  for (const [field, text] of [
    ['write-cause', 'Chủ say rượu'],
    ['write-done', 'Báo cảnh sát, đưa về văn phòng'],
    ['write-lessons', 'Hỏi thăm sớm hơn'],
  ] as const) {
    await tabTo(page, page.getByTestId(field));
    await page.keyboard.type(text);
  }
  await pressOn(page, page.getByTestId('add-measure'));
  await expect.poll(() => page.getByTestId('measure-text-1').evaluate((field) => field === document.activeElement)).toBe(true);
  await page.keyboard.type('Nhắc chủ sử dụng lao động');
  await tabTo(page, page.getByTestId('measure-owner-1'));
  await page.keyboard.type(LAN.name);
  await page.getByTestId('measure-due-1').fill('2026-01-31');
  await pressOn(page, page.getByTestId('save-report'));
  await version(page, 1);
  await page.getByTestId('act-said').getByText('Đã lưu lúc').waitFor();
  expect(await page.getByTestId('submit-report').count()).toBe(0);
  await looksRight(page, 'report-written', '.reports');
}

/** The supervisor finds it in the list `from` and brings it to the ministry. */
async function isSubmittedBy(duc: Officer, seen: number, from: string): Promise<void> {
  const { page } = duc;
  if (seen === 1) await openReports(duc);
  else await page.getByRole('button', { name: 'Danh sách báo cáo' }).click().then(() => listed(page));
  await chooseList(page, from);
  await page.getByTestId('reports').getByText('1 việc còn phải làm, 1 việc quá hạn').waitFor();
  if (seen === 1) await looksRight(page, 'reports', '.reports');
  await openListed(page, caseId);
  await version(page, seen);
  await page.getByTestId('submit-report').click();
  await page.getByRole('dialog').getByText('Nộp báo cáo cho Bộ?').waitFor();
  if (seen === 1) await looksRight(page, 'report-submit', 'dialog[open]');
  await page.getByTestId('confirm').click();
  await version(page, seen + 1);
  await page.getByText('Đã nộp, chờ Bộ xem xét').first().waitFor();
}

async function isReturnedBy(tam: Officer): Promise<void> {
  const { page } = tam;
  await openReports(tam);
  await openListed(page, caseId);
  await version(page, 2);
  expect(await page.getByTestId('write-cause').count()).toBe(0);
  await looksRight(page, 'report-judged', '.reports');
  await page.getByTestId('return-report').click();
  await writeInto(page, 'question-1', QUESTION);
  await looksRight(page, 'report-return', 'dialog[open]');
  await page.getByTestId('confirm').click();
  await version(page, 3);
  await page.getByTestId('questions').getByText('Chưa trả lời.').waitFor();
}

/** The report was open all the time: what the ministry did is there by itself. */
async function isAnsweredBy(lan: Officer): Promise<void> {
  const { page } = lan;
  await version(page, 3);
  await page.getByTestId('questions').getByText(QUESTION).waitFor();
  await page.getByTestId('other').getByText(`${TAM.name} trả lại báo cáo kèm câu hỏi`).waitFor();
  await page.getByRole('button', { name: 'Tới các câu hỏi' }).click();
  await expect.poll(() => page.locator('#questions').evaluate((title) => title === document.activeElement)).toBe(true);
  await looksRight(page, 'report-returned', '.reports');
  await writeInto(page, 'answer-1', 'Người lao động xin đừng gọi, đến 14:20 mới đồng ý.');
  await page.getByTestId('save-report').click();
  await version(page, 4);
}

async function isAcceptedBy(tam: Officer): Promise<void> {
  const { page } = tam;
  await version(page, 5);
  await page.getByTestId('questions').getByText('đến 14:20 mới đồng ý').waitFor();
  await page.getByTestId('accept-report').click();
  await page.getByRole('dialog').getByText('Duyệt báo cáo?').waitFor();
  await page.getByTestId('confirm').click();
  await version(page, 6);
  await page.getByRole('button', { name: 'Danh sách báo cáo' }).click();
  await listed(page);
  await chooseList(page, 'accepted');
  await page.locator(`[data-report="${caseId}"]`).waitFor();
  await page.locator(`[data-report="${caseId}"]`).click();
  await version(page, 6);
  await page.getByRole('button', { name: 'Xem ca' }).click();
  await page.locator(`.case-panel[data-case="${caseId}"][data-status=ready]`).waitFor();
  await page.getByRole('button', { name: 'Về báo cáo vụ việc' }).click();
  await version(page, 6);
}

async function isFollowedUpBy(lan: Officer): Promise<void> {
  const { page } = lan;
  await version(page, 6);
  await page.getByTestId('done-1').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Ghi là đã xong' }).click();
  await version(page, 7);
  await page.getByTestId('measure-1').getByText(`Đã xong: ${LAN.name} ghi lúc`).waitFor();
  const said = (await page.getByTestId('steps').locator('li span').allTextContents()).map((line) => line.trim());
  expect(said).toEqual([
    `${LAN.name} lưu báo cáo`,
    `${DUC.name} nộp báo cáo cho Bộ`,
    `${TAM.name} trả lại báo cáo kèm câu hỏi`,
    `${LAN.name} lưu báo cáo`,
    `${DUC.name} nộp báo cáo cho Bộ`,
    `${TAM.name} duyệt báo cáo`,
    `${LAN.name} ghi một việc phải làm tiếp đã xong`,
  ]);
  await looksRight(page, 'report-accepted', '.reports');
  for (const width of WIDTHS) await narrow(page, width, 'report-accepted');
}

async function signedIn(member: StaffMember, screen?: Screen): Promise<Officer> {
  const officer = await Officer.at(chromium.get(), service.url, screen);
  await officer.signIn(member);
  await officer.page.locator('[popovertarget=menu]').waitFor();
  return officer;
}

async function onShift(member: StaffMember): Promise<Officer> {
  const officer = await Officer.at(chromium.get(), service.url);
  await officer.startShift(member);
  return officer;
}

async function narrow(page: Officer['page'], width: number, name: string): Promise<void> {
  await page.setViewportSize({ width, height: 844 });
  await expect.poll(() => page.evaluate(() => innerWidth)).toBe(width);
  await fitsAcross(page, `${name}-${width}`);
}

const LONG = 'Phối hợp với cơ quan đại diện, nghiệp đoàn, chủ sử dụng lao động và công ty phái cử để bảo đảm không ai bị giữ giấy tờ tuỳ thân. ';
const NAME = 'Nguyễn Phước Bảo Quỳnh Thiên Kim Hoàng Ngọc Phương Thảo của Ban Quản lý lao động';

/** A page of late reports with everything that a row can say. */
function fullList(list: ReportList): ReportList {
  const reasons = ['duress', 'kind', 'not_reached', 'escalated', 'late'] as const;
  const states = ['draft', 'returned', 'submitted', 'accepted'] as const;
  const [first] = list.reports;
  if (!first) return list;
  const rows = Array.from({ length: 50 }, (_, i) => ({
    ...first,
    case_id: i === 0 ? caseId : `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`,
    case_no: `2026-${String(123_456 - i)}`,
    state: states[i % 4] as (typeof states)[number],
    version: i % 5,
    required: [...reasons],
    due_ms: list.at_ms - i * 3_600_000 * 30,
    overdue: i % 3 !== 0,
    open_measures: 20,
    overdue_measures: i % 2 === 0 ? 20 : 0,
  }));
  const counts = { missing: 12_345, overdue: 9_876, draft: 1_204, submitted: 40_112, returned: 310, open_measures: 120_443, overdue_measures: 23_001 };
  return { ...list, reports: rows, next: 1, counts };
}

/** Longer than the service lets a report be: 500 lines, long words, thirty measures, fifty questions. */
function fullReport(view: ReportView): ReportView {
  const [line] = view.drafted.lines;
  const lines = Array.from({ length: 480 }, (_, i) => ({ ...(line as ReportView['drafted']['lines'][number]), seq: i + 1_000_000, text: i % 7 === 0 ? `${NAME} ${LONG.repeat(3)}` : `${NAME} ghi chú` }));
  const done = (i: number) => (i % 3 === 0 ? { done_at_ms: view.drafted.lines[0]?.at_ms ?? 0, done_by: NAME } : {});
  return {
    ...view,
    version: 40,
    state: 'returned',
    required: ['duress', 'kind', 'not_reached', 'escalated', 'late'],
    due_ms: 1_700_000_000_000,
    overdue: true,
    drafted: { ...view.drafted, lines: [...view.drafted.lines, ...lines], left_out: 1_234 },
    cause: LONG.repeat(29),
    done: `${'x'.repeat(3_000)}${LONG.repeat(7)}`,
    lessons: LONG.repeat(29),
    measures: Array.from({ length: 30 }, (_, i) => ({ measure_id: `m${i}`, text: LONG.repeat(4), owner: NAME, due: '2026-01-31', overdue: i % 3 !== 0, ...done(i) })),
    questions: Array.from({ length: 50 }, (_, i) => ({ question: i + 1, round: 1 + Math.floor(i / 10), at_ms: 1_700_000_000_000, by: NAME, text: LONG.repeat(3), answer: i % 2 ? LONG.repeat(4) : '' })),
    steps: Array.from({ length: 40 }, (_, i) => ({ seq: i, did: i % 2 ? 'report_saved' : 'report_returned', by: NAME, at_ms: 1_700_000_000_000, version: i + 1 })),
    may: { write: true, submit: false, judge: false, follow_up: true },
  };
}
