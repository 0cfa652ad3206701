// The ministry reads afterwards: figures, the cases behind them, and a file that proves itself.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Locator, Page } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';
import { useBrowser } from './browser/in_tests';
import { Officer, type Screen } from './browser/officer';
import { fitsAcross, looksRight } from './browser/screens';
import { attachment, plain, said } from './pdf';
import { useService } from './service/in_tests';
import { createStaff, createWorkers, DUC, LAN, PHUC, TAM, type StaffMember } from './service/people';
import { Phone } from './service/phone';
import { until } from './wait';

const service = useService();
const chromium = useBrowser({ webgl: false });
const TAIPEI = { lat: 25.04, lon: 121.51 };
const SUMMARY = 'Đã về ký túc xá an toàn';
let caseId = '';

beforeAll(async () => {
  await createStaff(service, [DUC, PHUC]);
  const [code] = await createWorkers(service, ['Lò Thị Xưởng']);
  const phone = await Phone.enrolled(service, code as never);
  const lan = await Officer.at(chromium.get(), service.url);
  await lan.startShift(LAN);
  caseId = (await phone.press('rang', { at: TAIPEI })).case_id as string;
  await lan.open(caseId);
  await lan.claim();
  await lan.close('Đã giải quyết', SUMMARY);
  await lan.leave();
});

it('sees the figures, and the case behind one of them', async () => {
  const tam = await atFigures();
  const { page } = tam;
  await until('the case is counted', async () => (await page.getByTestId('cases').textContent())?.includes('1') ?? false);
  expect(await page.getByTestId('chart-course').locator('svg').count()).toBeGreaterThan(0);
  await looksRight(page, 'figures');
  await page.getByTestId('cases').click();
  await page.getByTestId('behind').getByRole('button').first().click();
  await page.locator(`.case-panel[data-case="${caseId}"][data-status=ready]`).waitFor();
  await tam.leave();
});

it('leads from a number of a table, and from a bar, to just its cases', async () => {
  const tam = await atFigures();
  const { page } = tam;
  const dialog = page.getByRole('dialog');
  const chart = page.getByTestId('chart-countries');
  await chart.locator('svg').first().waitFor();
  await chart.locator('button[aria-expanded=false]').click();
  const line = chart.locator('tbody tr', { hasText: 'Đài Loan' });
  const number = line.locator('td button').first();
  const cases = Number(await number.textContent());
  expect(cases).toBeGreaterThan(0);
  await number.click();
  await dialog.getByRole('heading', { name: 'Các ca được tính · Đài Loan' }).waitFor();
  await page.getByTestId('behind').getByRole('button').first().waitFor();
  expect(await page.getByTestId('behind').getByRole('button').count()).toBe(cases);
  await looksRight(page, 'figures-behind', 'dialog[open]');
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await pressFirstBar(page, page.getByTestId('chart-kinds'));
  await dialog.getByRole('heading', { name: 'Các ca được tính · Không nói' }).waitFor();
  await tam.leave();
});

it.each([390, 320])('fits %i px', async (width) => {
  const tam = await atFigures({ width, height: 844 });
  await tam.page.getByTestId('chart-course').locator('svg').first().waitFor();
  await fitsAcross(tam.page, `figures-${width}`);
  await tam.leave();
});

it('takes the figures away as a file, which is there again after the page was loaded anew', async () => {
  const tam = await atFigures();
  const { page } = tam;
  const dialog = page.getByRole('dialog');
  const open = () => page.getByRole('button', { name: 'Xuất dữ liệu' }).click();
  await open();
  await looksRight(page, 'exports-none', 'dialog[open]');
  await dialog.getByRole('button', { name: 'Tạo tệp' }).click();
  await dialog.locator('[data-testid=export][data-state=done]').waitFor();
  await dialog.getByText('Danh sách ca', { exact: false }).first().click();
  await dialog.getByRole('button', { name: 'Tạo tệp' }).click();
  await until('both are done', async () => (await dialog.locator('[data-testid=export][data-state=done]').count()) === 2);
  await looksRight(page, 'exports', 'dialog[open]');
  await page.reload();
  await page.locator('[popovertarget=menu]').click();
  await page.getByTestId('open-figures').click();
  await page.getByTestId('cases').waitFor();
  await open();
  const [download] = await Promise.all([page.waitForEvent('download'), dialog.getByRole('link', { name: '.csv' }).click()]);
  expect(download.suggestedFilename()).toMatch(/^cases_\d{4}-\d\d-01_.*_vo-thanh-tam_.*\.csv$/);
  const rows = (await readFile(await download.path(), 'utf8')).split('\r\n');
  expect(rows[0]).toContain('Số ca,Mở lúc');
  expect(rows[1]).toContain(`${TAM.name}, 20`);
  await tam.leave();
});

it.each([390, 320])('shows the files on %i px', async (width) => {
  const tam = await atFigures({ width, height: 844 });
  await tam.page.getByRole('button', { name: 'Xuất dữ liệu' }).click();
  await tam.page.getByTestId('export').first().waitFor();
  await fitsAcross(tam.page, `exports-${width}`);
  await tam.leave();
});

it('takes the file of the case away, and is told what was changed in it', async () => {
  const tam = await atFile(TAM);
  const { page } = tam;
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByTestId('case-file').click()]);
  expect(download.suggestedFilename()).toMatch(/^sos-\d{4}-\d{6}\.json$/);
  const whole = await readFile(await download.path());

  await page.locator('[popovertarget=menu]').click();
  await page.getByRole('button', { name: 'Kiểm tra hồ sơ đã tải' }).click();
  const dialog = page.getByRole('dialog');
  const check = (buffer: Buffer) => dialog.locator('input[type=file]').setInputFiles({ name: 'hồ sơ.json', mimeType: 'application/json', buffer });
  const verdict = (text: string) => dialog.getByTestId('verdict').filter({ hasText: text }).waitFor();
  await check(whole);
  await verdict('CÒN NGUYÊN VẸN');
  expect(await dialog.textContent()).toContain(TAM.name);
  await looksRight(page, 'case-file-whole', 'dialog[open]');
  await check(Buffer.from(whole.toString('utf8').replace(SUMMARY, 'Không rõ ở đâu')));
  await verdict('ĐÃ BỊ THAY ĐỔI');
  await dialog.getByText('Bị sửa: tóm tắt ca').waitFor();
  await looksRight(page, 'case-file-changed', 'dialog[open]');
  await check(Buffer.from('{"a": 1}'));
  await verdict('KHÔNG PHẢI HỒ SƠ CA');
  await tam.leave();
});

it('prints what is on the page: every number of every table, with who has it and when', async () => {
  const tam = await atFigures();
  const { page } = tam;
  await page.getByTestId('chart-course').locator('svg').first().waitFor();
  const tables = page.locator('[data-testid^=chart-] button[aria-controls][aria-expanded=false]');
  while ((await tables.count()) > 0) await tables.first().click();
  const cells = await page.locator('[data-testid^=chart-] td').allTextContents();
  const numbers = new Set([...cells, ...(await page.getByTestId('target').locator('.share').allTextContents())].map(plain).filter((text) => /\d/.test(text)));
  expect(numbers.size).toBeGreaterThan(3);
  await page.getByRole('button', { name: 'Xuất dữ liệu' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('PDF', { exact: false }).first().click();
  await dialog.getByRole('button', { name: 'Tạo tệp' }).click();
  const pages = await said(await taken(page, dialog.getByRole('link', { name: '.pdf' })));
  for (const number of numbers) expect(pages).toContain(number);
  expect(pages).toContain(plain(TAM.name));
  await tam.leave();
});

it('takes the case away as a PDF, in which the signed file is whole', async () => {
  const tam = await atFile(TAM);
  const { page } = tam;
  const pdf = page.getByTestId('pdf-case_file');
  await pdf.getByRole('button').click();
  const bytes = await taken(page, pdf.getByRole('link'));
  const file = await attachment(bytes);
  const pages = await said(bytes);
  for (const words of ['Lò Thị Xưởng', SUMMARY, createHash('sha256').update(file).digest('hex')]) expect(pages).toContain(plain(words));
  await looksRight(page, 'case-file-pdf', '.case-panel');
  await page.locator('[popovertarget=menu]').click();
  await page.getByRole('button', { name: 'Kiểm tra hồ sơ đã tải' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.locator('input[type=file]').setInputFiles({ name: 'case-file.json', mimeType: 'application/json', buffer: file });
  await dialog.getByTestId('verdict').filter({ hasText: 'CÒN NGUYÊN VẸN' }).waitFor();
  await tam.leave();
});

it('gives whoever is not shown names pseudonyms, others in each file and others than on the screen', async () => {
  const phuc = await atFile(PHUC);
  const { page } = phuc;
  const seen = new Set([pseudonym((await page.locator('.case-panel').textContent()) ?? '')]);
  for (let file = 1; file <= 2; file++) {
    const pdf = page.getByTestId('pdf-case_file');
    await pdf.getByRole('button').click();
    const pages = await said(await taken(page, pdf.getByRole('link')));
    expect(pages).not.toContain(plain('Lò Thị Xưởng'));
    seen.add(pseudonym(pages));
    await page.reload();
    await openFile(phuc);
  }
  expect(seen.size).toBe(3);
  await phuc.leave();
});

/** The first one in a text. */
function pseudonym(text: string): string {
  const found = /[A-Z][0-9A-Z]{3}-[0-9A-Z]{4}/.exec(text)?.[0];
  if (!found) throw new Error(`no pseudonym in ${text}`);
  return found;
}

async function taken(page: Page, link: Locator): Promise<Buffer> {
  await link.waitFor();
  const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
  return readFile(await download.path());
}

async function atFile(member: StaffMember): Promise<Officer> {
  const officer = await Officer.at(chromium.get(), service.url);
  await officer.signIn(member);
  await openFile(officer);
  return officer;
}

async function openFile(officer: Officer): Promise<void> {
  await officer.queueTab('Đã đóng');
  await officer.open(caseId);
  await officer.tab('Hồ sơ');
}

/** Thickness of a bar that has its name above it, in pixels. */
const BAR_PX = 10;

async function pressFirstBar(page: Page, chart: Locator): Promise<void> {
  await chart.locator('svg path').first().waitFor();
  await chart.scrollIntoViewIfNeeded();
  const boxes = await Promise.all((await chart.locator('svg path').all()).map((path) => path.boundingBox()));
  const bar = boxes.find((box) => box && Math.round(box.height) === BAR_PX && box.width > BAR_PX);
  if (!bar) throw new Error('no bar is drawn');
  await page.mouse.click(bar.x + BAR_PX / 2, bar.y + BAR_PX / 2);
}

async function atFigures(screen?: Screen): Promise<Officer> {
  const tam = await Officer.at(chromium.get(), service.url, screen);
  await tam.signIn(TAM);
  await tam.page.locator('[popovertarget=menu]').click();
  await tam.page.getByTestId('open-figures').click();
  await tam.page.getByTestId('cases').waitFor();
  return tam;
}
