// A worker's phone: press, ladder, chat, cancel; and all of it without network.
import { expect, it } from 'vitest';
import { picture } from './browser/chromium';
import { useBrowser } from './browser/in_tests';
import { Officer } from './browser/officer';
import { Worker } from './browser/worker';
import { query } from './service/database';
import { useService } from './service/in_tests';
import { createWorkers, MINH } from './service/people';
import { Proxy } from './service/proxy';
import { until } from './wait';

const service = useService();
const chromium = useBrowser({ webgl: false });
/** Positions go out every 10 s, and the first of them may be some seconds old. */
const TWO_MEASURES_MS = 45_000;
const TAIPEI = { lat: 25.05, lon: 121.52 };

/** Cases of the worker of this name, with the number of presses in each. */
function casesOf(name: string): Promise<string[][]> {
  return query(service, `SELECT c.case_id, c.state, c.desk_id FROM cases c JOIN workers w USING (worker_id) WHERE w.name = '${name}'`);
}

it('press, ladder, a message each way, closed', async () => {
  const name = 'Phạm Thị Cầm';
  const [code] = await createWorkers(service, [name]);
  const officer = await Officer.at(chromium.get(), service.url);
  await officer.startShift(MINH);
  const worker = await Worker.at(chromium.get(), service.url, { at: TAIPEI });
  await worker.enrol(code?.code as string);
  expect(new URL(worker.page.url()).hash).toBe('');
  await worker.back();
  await worker.reaches('idle');

  const lift = await worker.touchSos();
  await lift();
  await worker.page.getByTestId('confirm').waitFor();
  expect(await casesOf(name)).toEqual([]);
  await worker.tap(worker.page.getByRole('button', { name: 'Không gửi' }));

  await worker.holdSos();
  await worker.reaches('rang');
  expect(await worker.card.textContent()).toContain('ĐÃ REO CHUÔNG TẠI Văn phòng Kinh tế - Văn hóa Việt Nam tại Đài Bắc.');
  const [[caseId, state, desk] = []] = await casesOf(name);
  expect([state, desk]).toEqual(['open', 'tw-taipei']);
  await worker.tap(worker.page.getByRole('button', { name: 'Bị thương' }));

  await officer.open(caseId as string);
  await worker.reaches('seen');
  await officer.page.getByTestId('message-worker').filter({ hasText: 'Tôi bị thương.' }).waitFor();
  await officer.claim();
  await worker.reaches('claimed');
  expect(await worker.card.textContent()).toContain('CÁN BỘ TRẦN QUANG MINH ĐANG XỬ LÝ.');

  await officer.write('Chị có đang an toàn không?');
  await worker.page.getByTestId('tile-chat').getByText('1').waitFor();
  await worker.go('chat');
  await worker.page.getByTestId('theirs').filter({ hasText: 'Chị có đang an toàn không?' }).waitFor();
  await officer.page.locator('[data-testid=message-desk] [data-step=delivered]').waitFor();
  await worker.tap(worker.page.getByRole('button', { name: 'Tôi đang trốn, đừng gọi' }));
  await officer.page.getByTestId('message-worker').filter({ hasText: 'Tôi đang trốn, đừng gọi' }).waitFor();
  await worker.page.locator('[data-testid=mine] [data-accepted=true]').nth(1).waitFor();
  await worker.back();

  await worker.context.setGeolocation({ latitude: 25.06, longitude: 121.53, accuracy: 8 });
  await until('the new place on record', async () => {
    const rows = await query(service, `SELECT f.lat FROM fixes f JOIN alerts a USING (alert_id) WHERE a.case_id = '${caseId}'`);
    return rows.some(([lat]) => Number(lat) > 25.055);
  }, TWO_MEASURES_MS);
  await officer.close('Đã giải quyết', 'Chị đã về nhà an toàn.');
  await worker.reaches('closed');
  await worker.page.getByTestId('on-record').getByText(/^Ca số \d{4}-\d{6} đã ghi vào sổ, đóng lúc \d\d:\d\d\.$/).waitFor();
  await worker.leave();
  await officer.leave();
});

it('a press by mistake is taken back, and stays a case', async () => {
  const name = 'Tạ Văn Nhầm';
  const [code] = await createWorkers(service, [name]);
  const worker = await Worker.at(chromium.get(), service.url, { at: TAIPEI });
  await worker.enrol(code?.code as string);
  await worker.back();
  await worker.holdSos();
  await worker.tap(worker.page.getByTestId('cancel'));
  await worker.reaches('cancelled');
  expect(await worker.card.textContent()).toContain('ĐÃ HUỶ lúc');
  expect(await worker.page.getByTestId('cancel').count()).toBe(0);
  const [caseId, state] = await until('the case', async () => (await casesOf(name))[0]);
  expect(state).toBe('open');
  const kinds = (await query(service, `SELECT kind FROM ledger WHERE case_id = '${caseId}' ORDER BY seq`)).flat();
  expect(kinds).toContain('cancelled');
  await worker.leave();
});

it('a press without network outlives the app, and is one case when the network is back', async () => {
  const name = 'Đoàn Thị Sóng';
  const [code] = await createWorkers(service, [name]);
  const cable = await Proxy.before(service.url);
  const worker = await Worker.at(chromium.get(), cable.url, { at: TAIPEI });
  await worker.enrol(code?.code as string);
  await worker.keptOffline();
  await worker.back();
  cable.cut();
  await worker.context.setOffline(true);
  await worker.page.getByTestId('signal').filter({ hasText: 'Mất mạng' }).waitFor();
  await worker.holdSos();
  await worker.reaches('saved');
  expect(await worker.card.textContent()).toContain('ĐÃ LƯU TRONG MÁY – CHƯA GỬI.');
  await picture(worker.page, 'app-offline-saved');

  await worker.openAgain();
  // A page that was just opened may not know yet that there is no network: then it has tried, and says so.
  await worker.page.locator('[data-testid=card]:is([data-state=saved], [data-state=retrying])').waitFor();
  expect(await casesOf(name)).toEqual([]);
  cable.mend();
  await worker.context.setOffline(false);
  await worker.reaches('received');
  expect(await worker.card.textContent()).toContain('HỆ THỐNG ĐÃ NHẬN lúc');
  const cases = await until('the case', async () => (await casesOf(name))[0] && casesOf(name));
  expect(cases.map(([, state]) => state)).toEqual(['open']);
  const presses = await query(service, `SELECT count(*) FROM alerts WHERE case_id = '${cases[0]?.[0]}'`);
  expect(presses).toEqual([['1']]);
  await worker.leave();
  await cable.stop();
});

it('a phone that nobody enrolled sends its SOS and takes it back by keyboard alone, with names that are read aloud', async () => {
  const worker = await Worker.at(chromium.get(), service.url);
  await worker.open();
  await worker.tabTo(worker.page.getByRole('button', { name: 'SOS', exact: false }).and(worker.page.getByTestId('sos')));
  await worker.page.keyboard.press('Enter');
  await worker.page.getByTestId('confirm').waitFor();
  await worker.page.keyboard.press('Enter');
  await worker.reaches('received');
  expect(await worker.page.getByRole('status').allTextContents()).toContainEqual(expect.stringContaining('HỆ THỐNG ĐÃ NHẬN'));
  await worker.tabTo(worker.page.getByRole('button', { name: /^Bấm nhầm/ }));
  await worker.page.keyboard.press('Enter');
  await worker.reaches('cancelled');
  expect(await worker.page.getByRole('status').allTextContents()).toContainEqual(expect.stringContaining('ĐÃ HUỶ'));
  await until('an unverified alert', async () => {
    const [[count] = []] = await query(service, `SELECT count(*) FROM alerts WHERE unverified = 'no_credential'`);
    return count === '1';
  });
  await worker.leave();
});

it('is served under its own address, and may load nothing from elsewhere', async () => {
  const root = await fetch(`${service.url}/app`, { redirect: 'manual' });
  expect([root.status, root.headers.get('location')]).toEqual([308, '/app/']);
  const page = await fetch(`${service.url}/app/`);
  expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self';/);
  expect(await page.text()).toContain('/app/manifest.webmanifest');
  const kinds = await Promise.all(
    ['sw.js', 'manifest.webmanifest', 'icon-192.png'].map(async (file) => (await fetch(`${service.url}/app/${file}`)).headers.get('content-type')),
  );
  expect(kinds).toEqual(['text/javascript; charset=utf-8', 'application/manifest+json', 'image/png']);
  expect((await fetch(`${service.url}/app/nothing.js`)).status).toBe(404);
  expect((await fetch(`${service.url}/app/`, { method: 'POST' })).status).toBe(405);
});
