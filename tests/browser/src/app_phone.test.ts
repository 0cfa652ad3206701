// A worker's phone as it is: small, slow, hardly a network, and sometimes in somebody else's hand.
import { expect, it } from 'vitest';
import { picture } from './browser/chromium';
import { useBrowser } from './browser/in_tests';
import { Officer } from './browser/officer';
import { Wire } from './browser/wire';
import { Worker } from './browser/worker';
import { query } from './service/database';
import { useService } from './service/in_tests';
import { createWorkers, MINH } from './service/people';
import { Proxy } from './service/proxy';
import { until } from './wait';

const service = useService();
const chromium = useBrowser({ webgl: false });
const TAIPEI = { lat: 25.05, lon: 121.52 };
const [PIN, OTHER] = ['2468', '1357'];

it('a whole case on a slow phone at the end of the network: installed, enrolled, pressed, seen through, a photo, taken back', async () => {
  const [code] = await createWorkers(service, ['Hà Thị Chậm']);
  const officer = await Officer.at(chromium.get(), service.url);
  await officer.startShift(MINH);
  const worker = await Worker.at(chromium.get(), service.url, { at: TAIPEI, patience_ms: 120_000 });
  const { page } = worker;
  await worker.slowProcessor();
  await worker.slowNetwork();
  await worker.enrol(code?.code as string);
  await worker.keptOffline();
  expect(await worker.whyNotInstallable()).toEqual([]);
  await worker.back();
  await worker.setPins(PIN, OTHER);

  await worker.holdSos();
  await worker.reaches('rang');
  const caseId = await until('the case', () => officer.newestCase());
  await officer.open(caseId);
  await worker.reaches('seen');
  await officer.claim();
  await worker.reaches('claimed');
  await picture(page, 'app-slow-claimed');

  await officer.write('Chị chụp chỗ chị đang ở được không?');
  await worker.go('chat');
  await page.getByTestId('theirs').filter({ hasText: 'Chị chụp chỗ' }).waitFor();
  await worker.tap(page.getByTestId('attach'));
  await page.getByTestId('photo-choose').setInputFiles({ name: 'IMG_1.jpg', mimeType: 'image/jpeg', buffer: await officer.page.screenshot({ type: 'jpeg' }) });
  await page.locator('[data-testid=attachment][data-state=done]').waitFor();
  await picture(page, 'app-slow-photo');
  const photo = officer.page.locator('.case-panel img').first();
  await until('the photo at the desk', () => photo.evaluate((img: HTMLImageElement) => img.complete && img.naturalWidth > 100));
  await worker.tap(page.getByRole('button', { name: 'Tôi bị thương' }));
  await officer.page.getByTestId('message-worker').filter({ hasText: 'Tôi bị thương' }).waitFor();
  await picture(officer.page, 'console-photo');
  await worker.back();

  await worker.holdSosAgain();
  await worker.tap(page.getByTestId('cancel'));
  await worker.typePin('9999');
  await page.getByTestId('pin-problem').filter({ hasText: 'sai' }).waitFor();
  await picture(page, 'app-slow-pin-wrong');
  await worker.typePin(PIN);
  await worker.reaches('cancelled');
  await until('the desk hears of it', async () => (await officer.detail(caseId)).case.cancelled_at_ms);
  await worker.leave();
  await officer.leave();
});

it('whoever stands beside the worker cannot tell the two PINs apart: not on the screen, in the storage, or in what is sent', async () => {
  const [first, second] = await createWorkers(service, ['Mai Thị Một', 'Mai Thị Hai']);
  const officer = await Officer.at(chromium.get(), service.url);
  await officer.startShift(MINH);
  const seen = [];
  for (const [code, typed] of [[first, PIN], [second, OTHER]] as const) {
    const worker = await Worker.at(chromium.get(), service.url, { at: TAIPEI });
    await worker.enrol(code?.code as string);
    await worker.back();
    await worker.setPins(PIN, OTHER);
    await worker.holdSos();
    await worker.reaches('rang');
    const caseId = await until('the case', () => officer.newestCase());
    const wire = await Wire.of(worker);
    await worker.tap(worker.page.getByTestId('cancel'));
    await worker.typePin(typed);
    await worker.reaches('cancelled');
    await until('the desk hears of it', async () => {
      const { case: now } = await officer.detail(caseId);
      return now.cancelled_at_ms ?? now.duress_at_ms;
    });
    // What the desk does with it is nothing to see on the phone either.
    await officer.open(caseId);
    await officer.claim();
    await until('the claim has come', () => wire.heard('receipt', 'claimed'));
    await picture(worker.page, `app-cancelled-${seen.length}`);
    const stored = await worker.stored();
    for (const word of [PIN, OTHER, 'duress', 'forced']) expect(stored).not.toContain(word);
    seen.push({ screen: (await worker.page.locator('body').innerText()).replace(/\d/g, '#'), title: await worker.page.title(), wire: wire.names(), shape: await worker.storedShape() });
    expect((await officer.detail(caseId)).case.priority).toBe(typed === PIN ? 'p2' : 'p1');
    if (typed === OTHER) {
      await officer.page.getByTestId('duress').first().waitFor();
      await picture(officer.page, 'console-duress');
    }
    await worker.leave();
  }
  expect(seen[1]).toEqual(seen[0]);
  expect(seen[0]?.screen).toContain('ĐÃ HUỶ');
  await officer.leave();
});

it('an answer that was lost after the service had the alert makes no second case', async () => {
  const name = 'Âu Văn Lạc';
  const [code] = await createWorkers(service, [name]);
  const cable = await Proxy.before(service.url);
  const worker = await Worker.at(chromium.get(), cable.url, { at: TAIPEI });
  await worker.enrol(code?.code as string);
  await worker.back();
  await worker.page.getByTestId('signal').filter({ hasText: 'Đã nối' }).waitFor();
  cable.loseAnswers();
  await worker.holdSos();
  const alerts = () => query(service, `SELECT a.alert_id FROM alerts a JOIN cases c USING (case_id) JOIN workers w USING (worker_id) WHERE w.name = '${name}'`);
  await until('the alert on record', async () => (await alerts()).length === 1);
  expect(await worker.card.getAttribute('data-state')).toMatch(/^(saved|sending|retrying)$/);
  cable.cut();
  cable.mend();
  await worker.page.locator('[data-testid=card]:is([data-state=received], [data-state=rang])').waitFor();
  expect(await alerts()).toHaveLength(1);
  const cases = await query(service, `SELECT c.presses FROM cases c JOIN workers w USING (worker_id) WHERE w.name = '${name}'`);
  expect(cases).toEqual([['1']]);
  await worker.leave();
  await cable.stop();
});

it('a phone whose storage is full says so, and sends the SOS from memory', async () => {
  const worker = await Worker.at(chromium.get(), service.url, { at: TAIPEI });
  await worker.open();
  await worker.reaches('idle');
  await worker.page.getByTestId('gps').filter({ hasText: '±' }).waitFor();
  await worker.fillStorage();
  await worker.context.setOffline(true);
  await worker.holdSos();
  await worker.reaches('unsaved');
  expect(await worker.card.textContent()).toContain('ĐỪNG ĐÓNG ứng dụng');
  await picture(worker.page, 'app-storage-full');
  await worker.context.setOffline(false);
  await until('the alert on record', async () => {
    const rows = await query(service, `SELECT count(*) FROM alerts WHERE unverified = 'no_credential'`);
    return rows[0]?.[0] === '1';
  });
  await worker.leave();
});
