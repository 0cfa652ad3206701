// The administrator and the supervisor set a desk up; everything that they do is on record.
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { picture } from './browser/chromium';
import { useBrowser } from './browser/in_tests';
import { enter } from './browser/office';
import { Officer } from './browser/officer';
import { useService } from './service/in_tests';
import { createStaff, createWorkers, DUC, LAN, PASSWORD, QUAN, type StaffMember } from './service/people';
import { Phone } from './service/phone';

const service = useService();
const chromium = useBrowser({ webgl: false });
const WORKER = 'Tạ Thị Mã';
const NEW: StaffMember = { login: 'thu', name: 'Ngô Minh Thư', role: 'dispatcher', desk: 'tw-taipei' };

it('makes an officer and a code, a rota and a policy, and records each', async () => {
  await createStaff(service, [DUC]);
  await createWorkers(service, [WORKER]);
  const admin = await Officer.at(chromium.get(), service.url);
  await admin.signIn(QUAN);
  await makesOfficer(admin.page);
  const code = await makesCode(admin.page);
  await Phone.enrolled(service, { code, name: WORKER });

  const thu = await Officer.at(chromium.get(), service.url);
  await thu.startShift(NEW);
  await thu.leave();

  const supervisor = await Officer.at(chromium.get(), service.url);
  await supervisor.startShift(DUC);
  await supervisor.page.getByRole('button', { name: 'Tuỳ chọn' }).click();
  await supervisor.page.getByRole('button', { name: 'Trực và báo động' }).click();
  await makesRota(supervisor.page);
  await makesPolicy(supervisor.page);
  await supervisor.leave();

  await enter(admin.page, 'ledger');
  const ledger = admin.page.locator('main ol');
  const entries: [string, string][] = [[QUAN.name, 'nhân viên'], [QUAN.name, 'mã ghi danh'], [DUC.name, 'lịch trực'], [DUC.name, 'quy tắc báo động']];
  for (const [by, what] of entries) await ledger.locator('li').filter({ hasText: by }).filter({ hasText: what }).first().waitFor();
  expect(await ledger.textContent()).not.toContain(WORKER);
  expect(await ledger.textContent()).not.toContain(PASSWORD);
  await picture(admin.page, 'administration-ledger');
  await admin.leave();
});

async function makesOfficer(page: Page): Promise<void> {
  await page.locator('.office').waitFor();
  await enter(page, 'staff');
  await page.getByRole('button', { name: 'Thêm nhân viên' }).click();
  await page.getByLabel('Họ tên').fill(NEW.name);
  await page.getByLabel('Tài khoản đăng nhập').fill(NEW.login);
  await page.getByRole('combobox', { name: 'Bàn trực', exact: true }).selectOption('tw-taipei');
  await page.getByLabel('Mật khẩu', { exact: true }).fill(PASSWORD);
  await saved(page);
  await page.locator('.list .row').filter({ hasText: NEW.name }).waitFor();
}

/** The code, as it is read off the sheet. */
async function makesCode(page: Page): Promise<string> {
  await enter(page, 'codes');
  await page.getByLabel('Tìm người lao động').fill('ta thi ma');
  await page.getByRole('button', { name: 'Tìm', exact: true }).click();
  await page.getByRole('button', { name: `Tạo mã cho ${WORKER}` }).click();
  const card = page.getByTestId('code-card');
  await card.getByRole('img', { name: `Mã QR của ${WORKER}` }).waitFor();
  await picture(page, 'administration-code');
  const code = (await card.locator('.code').textContent())?.trim() as string;
  await page.getByRole('button', { name: 'Xong, xoá khỏi màn hình' }).click();
  await page.locator('dialog').getByRole('button', { name: 'Bỏ các mã' }).click();
  await card.waitFor({ state: 'detached' });
  return code;
}

/** One shift a week: most of the time nobody is on call, which is said before it is true. */
async function makesRota(page: Page): Promise<void> {
  await enter(page, 'rotas');
  await page.getByRole('button', { name: 'Thêm lịch trực' }).click();
  await page.getByRole('button', { name: 'Bỏ ra: Lớp 1 · Luân phiên' }).click();
  await page.getByRole('button', { name: 'Thêm lớp theo tuần' }).click();
  await page.getByRole('button', { name: 'Thêm ca', exact: true }).click();
  const person = page.getByLabel('Ai: Thêm người…');
  const lan = await person.locator('option').filter({ hasText: LAN.name }).getAttribute('value');
  await person.selectOption(lan);
  await saved(page);
  await page.getByTestId('gaps').filter({ hasText: 'KHÔNG có ai trực' }).waitFor();
  await page.getByLabel('Lịch bốn tuần tới').getByText(LAN.name).first().waitFor();
  await picture(page, 'administration-rota');
}

async function makesPolicy(page: Page): Promise<void> {
  await enter(page, 'policies');
  await page.getByRole('button', { name: 'Đặt quy tắc riêng' }).click();
  await page.getByLabel('Chờ (giây)').first().fill('15');
  await saved(page);
  await page.locator('.list .row').filter({ hasText: 'quy tắc riêng' }).waitFor();
  await picture(page, 'administration-policy');
}

async function saved(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Lưu', exact: true }).click();
  await page.getByRole('status').filter({ hasText: 'Đã lưu lúc' }).waitFor();
}
