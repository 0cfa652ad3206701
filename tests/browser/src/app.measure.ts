// How long the worker waits: from the press to "received" over a slow network, and for the app to open without any. A measure, not
// a test: `npm run measure`.
import { expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { useBrowser } from './browser/in_tests';
import { Worker } from './browser/worker';
import { useService } from './service/in_tests';
import { createWorkers } from './service/people';
import { Proxy } from './service/proxy';

const service = useService();
const chromium = useBrowser({ webgl: false });
/** There and back takes twice as long. */
const ONE_WAY_MS = 150;
/** For how long SOS is held, in milliseconds: then it is pressed. */
const HOLD_MS = 1_500;
const PRESSES = 10;
const OPENINGS = 5;

const median = (values: number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number;

/** Notes when the finger came down, and when the card reached each state, in milliseconds of the page's clock. */
function watch(): void {
  const seen = ((window as unknown as { seen: Record<string, number> }).seen = {});
  const note = (name: string) => Object.assign(seen, { [name]: performance.now() });
  addEventListener('pointerdown', () => note('down'), { capture: true });
  const look = () => {
    const state = document.querySelector<HTMLElement>('[data-testid=card]')?.dataset.state;
    if (state && !(state in seen)) note(state);
    if (document.querySelector('[data-testid=sos]') && !('sos' in seen)) note('sos');
  };
  new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true });
}

const seen = (page: Page, name: string) =>
  page.evaluate((name) => (window as unknown as { seen: Record<string, number> }).seen[name], name) as Promise<number>;

/** There and back, by a request that asks for nothing. */
const roundTrip = (page: Page) =>
  page.evaluate(async () => {
    const begun = performance.now();
    await fetch('/healthz', { cache: 'no-store' });
    return performance.now() - begun;
  });

it('from the press to "received" on an open app', async () => {
  const codes = await createWorkers(service, Array.from({ length: PRESSES }, (_, i) => `Đo Gửi ${i}`));
  const far = await Proxy.before(service.url, ONE_WAY_MS);
  const [took_ms, round_ms]: [number[], number[]] = [[], []];
  for (const code of codes) {
    const worker = await Worker.at(chromium.get(), far.url, { at: { lat: 25.05, lon: 121.52 } });
    await worker.page.addInitScript(watch);
    await worker.enrol(code.code);
    await worker.back();
    await worker.page.getByTestId('signal').filter({ hasText: 'Đã nối' }).waitFor();
    round_ms.push(await roundTrip(worker.page));
    await worker.holdSos();
    await worker.reaches('received');
    took_ms.push((await seen(worker.page, 'received')) - (await seen(worker.page, 'down')) - HOLD_MS);
    await worker.leave();
  }
  console.log(
    `press to received: median ${median(took_ms).toFixed(0)} ms of ${PRESSES} (${took_ms.map((ms) => ms.toFixed(0)).join(', ')}), ` +
      `round trip ${median(round_ms).toFixed(0)} ms: ${(median(took_ms) / median(round_ms)).toFixed(2)} times`,
  );
  expect(took_ms).toHaveLength(PRESSES);
  await far.stop();
});

it('opens without a network, on a slow phone', async () => {
  const worker = await Worker.at(chromium.get(), service.url);
  await worker.open();
  await worker.keptOffline();
  const took_ms: number[] = [];
  for (let i = 0; i < OPENINGS; i += 1) {
    await worker.context.setOffline(true);
    await worker.page.close();
    worker.page = await worker.context.newPage();
    await worker.page.addInitScript(watch);
    await worker.slowProcessor();
    await worker.open('/');
    await worker.reaches('idle');
    took_ms.push(Math.max(await seen(worker.page, 'sos'), await seen(worker.page, 'idle')));
  }
  console.log(`opens without network, processor slowed 4 times: median ${median(took_ms).toFixed(0)} ms (${took_ms.map((ms) => ms.toFixed(0)).join(', ')})`);
  expect(took_ms).toHaveLength(OPENINGS);
  await worker.leave();
});
