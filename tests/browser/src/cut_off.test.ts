// A console is cut off while the case it shows goes on.
import { expect, it } from 'vitest';
import { useBrowser } from './browser/in_tests';
import { HeardFeed } from './browser/feed';
import { Officer } from './browser/officer';
import { looksRight } from './browser/screens';
import { query } from './service/database';
import { useService } from './service/in_tests';
import { createWorkers, HOA, LAN, MINH } from './service/people';
import { Phone } from './service/phone';
import { Proxy } from './service/proxy';
import { until } from './wait';

const service = useService();
const chromium = useBrowser({ webgl: false });
const MISSED_MESSAGES = 25;

it('has everything after it returns, in order, nothing twice', { timeout: 180_000 }, async () => {
  const codes = await createWorkers(service, ['Phan Thị Đứt', 'Mai Văn Quãng', 'Tạ Thị Mới']);
  const [phone, other, later] = await Promise.all(codes.map((code) => Phone.enrolled(service, code)));
  const proxy = await Proxy.before(service.url);
  const officer = await Officer.at(chromium.get(), proxy.url);
  const colleague = await Officer.at(chromium.get(), service.url);
  const heard = new HeardFeed(officer.page);
  await officer.startShift(MINH);
  await colleague.startShift(LAN);

  const first = (await phone?.press('rang', { at: { lat: 24.99, lon: 121.3 } }))?.case_id as string;
  const second = (await other?.press('rang'))?.case_id as string;
  await officer.open(first);
  await phone?.write('trước khi đứt');
  await officer.page.getByTestId('message-worker').filter({ hasText: 'trước khi đứt' }).waitFor();

  proxy.cut();
  for (let i = 0; i < MISSED_MESSAGES; i++) await phone?.write(`tin ${i}`);
  await colleague.open(second);
  await colleague.claim();
  const third = (await later?.press('recorded', { at: { lat: 24.8, lon: 120.97 } }))?.case_id as string;
  // Long enough for the console to say so, on its own clock.
  await officer.page.getByTestId('link-banner').waitFor({ timeout: 45_000 });
  expect(await officer.page.getByTestId('link-banner').textContent()).toMatch(/MẤT KẾT NỐI từ \d\d:\d\d – dữ liệu có thể cũ/);
  await looksRight(officer.page, 'cut-off');

  proxy.mend();
  await officer.row(third).waitFor();
  expect(await officer.row(second).count()).toBe(0);
  await officer.page.getByTestId('link-banner').waitFor({ state: 'detached' });

  const expected = ['trước khi đứt', ...Array.from({ length: MISSED_MESSAGES }, (_, i) => `tin ${i}`)];
  const shown = officer.page.getByTestId('message-worker').locator('.text');
  await until('all messages', async () => (await shown.count()) >= expected.length);
  expect(await shown.allTextContents()).toEqual(expected);
  await isLikeTheLedger(officer, first);
  await heardAllOnce(heard);
  await proxy.stop();
  await officer.leave();
  await colleague.leave();
});

/** The timeline on the screen is that of the service: the same entries, in the same order. */
async function isLikeTheLedger(officer: Officer, caseId: string): Promise<void> {
  await officer.tab('Diễn biến');
  const lines = officer.page.getByTestId('timeline').locator('li');
  const detail = await officer.detail(caseId);
  const expected = detail.timeline.map(({ seq }) => String(seq));
  await until('the whole timeline', async () => (await lines.count()) >= expected.length);
  const shown = await lines.evaluateAll((items) => items.map((item) => item.getAttribute('data-seq')));
  expect(shown.slice(0, expected.length)).toEqual(expected);
}

/** Over both connections: every entry of the ledger since the snapshot, in order, none twice, and no second snapshot. */
async function heardAllOnce(heard: HeardFeed): Promise<void> {
  const ledger = async () =>
    (await query(service, `SELECT seq FROM ledger WHERE seq > ${heard.firstHead} ORDER BY seq`)).map(([seq]) => Number(seq));
  await until('the end of the ledger', async () => (await ledger()).at(-1) === heard.seqs.at(-1));
  expect(heard.seqs).toEqual(await ledger());
  expect(heard.snapshots).toBe(1);
}

it('shows a case of another desk to nobody else', async () => {
  const [code] = await createWorkers(service, ['Cao Thị Kín']);
  const phone = await Phone.enrolled(service, code as never);
  const there = await Officer.at(chromium.get(), service.url);
  await there.startShift(HOA);
  const { case_id } = await phone.press('recorded', { at: { lat: 23.9, lon: 120.9 } });
  const answer = await there.context.request.get(`${service.url}/api/cases/${case_id}`);
  expect(answer.status()).toBe(404);
  expect(await there.row(case_id as string).count()).toBe(0);
  await there.leave();
});
