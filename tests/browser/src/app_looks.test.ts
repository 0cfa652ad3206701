// Every screen of the worker's app, in both languages on small phones: nothing cut off, and axe finds nothing.
import { expect, it } from 'vitest';
import { violations } from './browser/axe';
import { picture } from './browser/chromium';
import { useBrowser } from './browser/in_tests';
import { Worker } from './browser/worker';
import { useService } from './service/in_tests';
import { createWorkers } from './service/people';
import { until } from './wait';

const service = useService();
const chromium = useBrowser({ webgl: false });
const TAIPEI = { lat: 25.05, lon: 121.52 };
const SCREENS = [
  { width: 360, height: 640 },
  { width: 320, height: 568 },
];

/** Nothing is wider than the screen; a picture is kept, and axe has nothing to say. */
async function looksRight(worker: Worker, name: string): Promise<void> {
  const { page } = worker;
  const wide = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    const sticksOut = Array.from(document.querySelectorAll('body *')).filter((each) => each.getBoundingClientRect().right > clientWidth);
    return [`${scrollWidth} of ${clientWidth} px`, ...sticksOut.map((each) => `${each.tagName}.${each.className}: ${each.textContent?.slice(0, 40)}`)];
  });
  expect(wide, name).toEqual([]);
  await picture(page, `app-${name}`);
  expect(await violations(page), name).toEqual([]);
}

it.each(['vi', 'en'].flatMap((language) => SCREENS.map((screen) => ({ language, screen }))))(
  'in $language at $screen.width px',
  async ({ language, screen }) => {
    const of = `${language}-${screen.width}`;
    const [code] = await createWorkers(service, [`Lý Thị Màn Hình ${of}`]);
    const worker = await Worker.at(chromium.get(), service.url, { at: TAIPEI, screen, scale: 2 });
    const { page } = worker;
    await page.addInitScript((wanted) => localStorage.setItem('sos.app.settings', JSON.stringify({ language: wanted })), language);
    await worker.open();
    await worker.reaches('idle');
    await looksRight(worker, `${of}-1-idle-unknown`);
    await worker.open(`#enrol=${code?.code}`);
    await page.getByTestId('enrol').waitFor();
    await looksRight(worker, `${of}-2-enrol`);
    await worker.enrol(code?.code as string);
    await worker.back();
    const lift = await worker.touchSos();
    await lift();
    await page.getByTestId('confirm').waitFor();
    await looksRight(worker, `${of}-3-confirm`);
    await page.getByTestId('confirm').getByRole('button').nth(1).tap();
    await worker.holdSos();
    await worker.reaches('received');
    await looksRight(worker, `${of}-4-received`);
    await worker.go('chat');
    await page.locator('.phrases button').first().tap();
    await page.locator('[data-accepted=true]').waitFor();
    await looksRight(worker, `${of}-5-chat`);
    await worker.back();
    await worker.go('numbers');
    await page.getByTestId('country').waitFor();
    await looksRight(worker, `${of}-6-numbers`);
    await worker.back();
    await worker.go('card');
    for (const shown of ['zh-TW', 'ar'] as const) {
      await page.locator('select').selectOption(shown);
      await looksRight(worker, `${of}-7-card-${shown}`);
    }
    await worker.leave();
  },
);

it.each(['vi', 'en'].flatMap((language) => SCREENS.map((screen) => ({ language, screen }))))(
  'what is set up beforehand, in $language at $screen.width px',
  async ({ language, screen }) => {
    const of = `${language}-${screen.width}`;
    const [code] = await createWorkers(service, [`Nguyễn Hoàng Thị Thanh Phương Dung ${of}`]);
    const worker = await Worker.at(chromium.get(), service.url, { at: TAIPEI, screen, scale: 2 });
    const { page } = worker;
    await page.addInitScript((wanted) => localStorage.setItem('sos.app.settings', JSON.stringify({ language: wanted, country: 'TW' })), language);
    await worker.open();
    await worker.tap(page.getByTestId('go-borrow'));
    await page.getByTestId('card-code').waitFor();
    await looksRight(worker, `${of}-10-borrow`);
    await worker.enrol(code?.code as string);
    await looksRight(worker, `${of}-11-settings`);
    await worker.tap(page.getByTestId('go-pins'));
    await page.getByTestId('pins-begin').waitFor();
    await looksRight(worker, `${of}-12-pins`);
    await worker.tap(page.getByTestId('pins-begin'));
    await page.getByTestId('pin-pad').waitFor();
    await looksRight(worker, `${of}-13-pin-pad`);
    await page.goBack();
    await worker.tap(page.getByTestId('go-drill'));
    await page.getByTestId('drill-begin').waitFor();
    await looksRight(worker, `${of}-14-drill`);
    await worker.tap(page.getByTestId('drill-begin'));
    await page.locator('[data-testid=drill-recorded][data-state=ok]').waitFor();
    await looksRight(worker, `${of}-15-drill-under-way`);
    await worker.tap(page.getByTestId('drill-end'));
    await page.getByTestId('drill-summary').waitFor();
    await looksRight(worker, `${of}-16-drill-over`);
    await page.goBack();
    await worker.back();
    await worker.tap(page.getByTestId('tile-well'));
    await page.getByTestId('well-ask').waitFor();
    await looksRight(worker, `${of}-17-well-ask`);
    await worker.tap(page.getByTestId('well-confirm'));
    await page.getByTestId('well-said').waitFor();
    await looksRight(worker, `${of}-18-well-said`);
    await worker.holdSos();
    await worker.reaches('received');
    await worker.tap(page.getByTestId('cancel'));
    await worker.reaches('cancelled');
    await looksRight(worker, `${of}-19-cancelled`);
    await worker.leave();
  },
);

it.each(['vi', 'en'])('at 200% zoom in %s nothing is cut off', async (language) => {
  // Twice the zoom of a 320 px screen leaves 160 CSS pixels.
  const worker = await Worker.at(chromium.get(), service.url, { at: TAIPEI, screen: { width: 160, height: 320 }, scale: 4 });
  await worker.page.addInitScript((wanted) => localStorage.setItem('sos.app.settings', JSON.stringify({ language: wanted })), language);
  await worker.open();
  await worker.reaches('idle');
  await looksRight(worker, `${language}-20-zoomed-idle`);
  await worker.holdSos();
  await worker.reaches('received');
  await looksRight(worker, `${language}-21-zoomed-received`);
  for (const tile of ['chat', 'numbers', 'card'] as const) {
    await worker.go(tile);
    await looksRight(worker, `${language}-22-zoomed-${tile}`);
    await worker.back();
  }
  await worker.tap(worker.page.getByRole('button', { name: language === 'vi' ? 'Cài đặt' : 'Settings' }));
  for (const entry of ['go-pins', 'go-drill']) {
    await worker.page.getByTestId(entry).waitFor();
    await looksRight(worker, `${language}-23-zoomed-settings`);
    await worker.tap(worker.page.getByTestId(entry));
    await worker.page.getByRole('heading', { level: 1 }).waitFor();
    await looksRight(worker, `${language}-24-zoomed-${entry}`);
    await worker.page.goBack();
  }
  await worker.leave();
});

it('shows the newest of many messages, above what it is answered with', async () => {
  const worker = await Worker.at(chromium.get(), service.url, { at: TAIPEI, screen: { width: 320, height: 568 } });
  await worker.open();
  await worker.holdSos();
  await worker.reaches('received');
  await worker.go('chat');
  const phrases = worker.page.locator('.phrases button');
  for (let i = 0; i < 8; i += 1) await phrases.nth(i).tap();
  const newest = worker.page.getByTestId('mine').nth(7);
  await newest.waitFor();
  const bottom = async () => ((await newest.boundingBox())?.y ?? 0) + ((await newest.boundingBox())?.height ?? 0);
  const above = async () => (await worker.page.locator('.write').boundingBox())?.y ?? 0;
  await until('the newest in view', async () => (await bottom()) <= (await above()));
  await worker.back();
  await worker.go('chat');
  await until('the newest in view again', async () => (await bottom()) <= (await above()));
  await picture(worker.page, 'app-vi-25-many-messages');
  await worker.leave();
});

it.each(['vi', 'en'])('without an answer, in %s', async (language) => {
  const worker = await Worker.at(chromium.get(), service.url, { at: TAIPEI, scale: 2 });
  const { page } = worker;
  await page.addInitScript((wanted) => localStorage.setItem('sos.app.settings', JSON.stringify({ language: wanted, country: 'TW' })), language);
  await worker.open();
  await worker.keptOffline();
  await page.clock.install();
  await page.reload();
  await page.clock.resume();
  await worker.context.setOffline(true);
  await worker.holdSos();
  await worker.reaches('saved');
  await looksRight(worker, `${language}-8-saved`);
  await page.clock.fastForward(21_000);
  await page.locator('[data-testid=help].grown').waitFor();
  await looksRight(worker, `${language}-9-help-grown`);
  await worker.leave();
});

it('is plain in silent mode', async () => {
  const worker = await Worker.at(chromium.get(), service.url, { at: TAIPEI, scale: 2 });
  await worker.page.addInitScript(() => localStorage.setItem('sos.app.settings', JSON.stringify({ language: 'vi', silent: true })));
  await worker.open();
  await worker.reaches('idle');
  await looksRight(worker, 'vi-silent-idle');
  await worker.holdSos();
  await worker.reaches('received');
  await looksRight(worker, 'vi-silent-received');
  expect(await worker.page.getByRole('button', { name: 'Đọc to' }).count()).toBe(0);
  await worker.leave();
});
