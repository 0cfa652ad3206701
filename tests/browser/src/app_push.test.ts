// What the desk says reaches the phone of a worker whose app is closed, through a push service and the real service worker.
import { afterAll, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { picture } from './browser/chromium';
import { useBrowser } from './browser/in_tests';
import { Officer } from './browser/officer';
import { Worker } from './browser/worker';
import { query } from './service/database';
import { useService } from './service/in_tests';
import { createWorkers, MINH } from './service/people';
import { PushService, type Subscription } from './service/push_service';
import { until } from './wait';

let services: PushService | undefined;
const service = useService(async () => {
  services = await PushService.start();
  return { SOS_PUSH_CONTACT: 'mailto:sos@example.org', SOS_WEB_PUSH_SERVICES: services.origin };
});
const chromium = useBrowser({ webgl: false });
const TAIPEI = { lat: 25.05, lon: 121.52 };
afterAll(() => services?.stop());

function push(): PushService {
  if (!services) throw new Error('no push service before the tests begin');
  return services;
}

/** The browser without its maker's push service: it subscribes at ours. Everything after that is its own. */
async function subscribesAt(page: Page, subscription: Subscription): Promise<void> {
  await page.addInitScript((given) => {
    const bytes = (text: string) => Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0)).buffer;
    const kept = () => sessionStorage.getItem('subscribed') === given.endpoint;
    const made = {
      endpoint: given.endpoint,
      options: { applicationServerKey: null },
      getKey: (name: 'p256dh' | 'auth') => bytes(given.keys[name]),
      unsubscribe: () => Promise.resolve(sessionStorage.removeItem('subscribed')).then(() => true),
    };
    Object.assign(PushManager.prototype, {
      getSubscription: () => Promise.resolve(kept() ? made : null),
      subscribe: () => {
        sessionStorage.setItem('subscribed', given.endpoint);
        return Promise.resolve(made);
      },
    });
  }, subscription);
}

const targets = async () => Number((await query(service, 'SELECT count(*) FROM push_targets'))[0]?.[0]);

it('is switched on by a tap, shows the words of the desk, and goes when the push service forgets the phone', async () => {
  const [code] = await createWorkers(service, ['Kiều Thị Báo']);
  const officer = await Officer.at(chromium.get(), service.url);
  await officer.startShift(MINH);
  const worker = await Worker.at(chromium.get(), service.url, { at: TAIPEI });
  await worker.context.grantPermissions(['geolocation', 'notifications']);
  await subscribesAt(worker.page, push().subscription('kieu'));
  await worker.enrol(code?.code as string);
  await worker.keptOffline();
  await worker.tap(worker.page.getByTestId('push').getByRole('button', { name: 'Bật' }));
  await worker.page.locator('[data-testid=push][data-state=on]').waitFor();
  expect(await targets()).toBe(1);
  await worker.back();

  await worker.holdSos();
  await worker.reaches('rang');
  const caseId = await until('the case', () => officer.newestCase());
  await officer.open(caseId);
  await officer.claim();
  await worker.reaches('claimed');
  await officer.write('Chị Lan đang đến, em ở yên đó nhé');
  const told = await push().first('the words of the desk', (notice) => notice.kind === 'message');
  const claimed = await push().first('the claim', (notice) => notice.kind === 'claimed');
  await worker.pushed(told);
  const shown = await until('the notice', async () => (await worker.notices())[0]);
  expect(shown).toMatchObject({ title: 'SOS', body: 'Cán bộ Trần Quang Minh: Chị Lan đang đến, em ở yên đó nhé', tag: caseId });
  // The older one comes late, and changes nothing.
  await worker.pushed(claimed);
  expect(await worker.notices()).toEqual([shown]);

  push().status = 410;
  await officer.write('Em còn đó không?');
  await until('the phone is forgotten', async () => (await targets()) === 0);
  push().status = 201;
  await worker.leave();
  await officer.leave();
});

it('a drill tries the whole path, with the push, and says what does not work on this phone', async () => {
  const [code] = await createWorkers(service, ['Lưu Văn Tập']);
  const officer = await Officer.at(chromium.get(), service.url);
  await officer.startShift(MINH);
  const worker = await Worker.at(chromium.get(), service.url, { at: TAIPEI });
  const { page } = worker;
  await worker.context.grantPermissions(['geolocation', 'notifications']);
  await subscribesAt(page, push().subscription('luu'));
  await worker.enrol(code?.code as string);
  await worker.keptOffline();
  await worker.tap(page.getByTestId('push').getByRole('button', { name: 'Bật' }));
  await page.locator('[data-testid=push][data-state=on]').waitFor();
  await worker.tap(page.getByTestId('go-drill'));
  await worker.tap(page.getByTestId('drill-begin'));
  await page.locator('[data-testid=drill-rang][data-state=ok]').waitFor();
  const drill = officer.page.locator('.queue-panel').getByText('DIỄN TẬP').first();
  await drill.waitFor();
  await picture(officer.page, 'console-drill');
  await worker.pushed(await push().first('the notice of the drill', (notice) => notice.kind === 'drill'));
  await page.locator('[data-testid=drill-notice][data-state=ok]').waitFor();
  await page.locator('[data-testid=drill-position][data-state=ok]').waitFor();
  // Nothing is left to try: it ends by itself.
  await page.getByTestId('drill-summary').waitFor();
  await picture(page, 'app-drill-summary');
  const [[state, disposition, priority] = []] = await until('the drill is over', async () => {
    const rows = await query(service, `SELECT state, disposition, priority FROM cases WHERE drill`);
    return rows[0]?.[0] === 'closed' && rows;
  });
  expect([state, disposition, priority]).toEqual(['closed', 'test', 'p3']);
  await worker.leave();
  await officer.leave();
});
