import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import type { Spot } from '../service/phone';
import { until } from '../wait';
import type { Screen } from './officer';

/** What Chromium's own tools call slow 2G: bytes a second, milliseconds. */
const SLOW_2G = { offline: false, latency: 2_000, downloadThroughput: 50_000 / 8, uploadThroughput: 50_000 / 8 };

/** More than any screen of the app has places for the Tab key to stop. */
const TAB_STEPS_MAX = 40;

/** A small phone of four years ago. */
export const PHONE: Screen = { width: 360, height: 640 };

type CardState = 'idle' | 'unsaved' | 'saved' | 'sending' | 'retrying' | 'received' | 'rang' | 'seen' | 'claimed' | 'cancelling' | 'cancelled' | 'closed';

/** A worker with the app in the hand: does what a finger does, and sees what is on the screen. */
export class Worker {
  private constructor(
    readonly context: BrowserContext,
    public page: Page,
    readonly url: string,
  ) {}

  static async at(browser: Browser, url: string, more: { at?: Spot; screen?: Screen; scale?: number; patience_ms?: number } = {}): Promise<Worker> {
    const place = more.at && { geolocation: { latitude: more.at.lat, longitude: more.at.lon, accuracy: 12 }, permissions: ['geolocation'] };
    const context = await browser.newContext({
      viewport: more.screen ?? PHONE,
      deviceScaleFactor: more.scale ?? 1,
      hasTouch: true,
      isMobile: true,
      locale: 'vi-VN',
      timezoneId: 'Asia/Taipei',
      ...place,
    });
    if (more.patience_ms) context.setDefaultTimeout(more.patience_ms);
    return new Worker(context, await context.newPage(), url);
  }

  /** Opens the app by its address, or by an enrolment link. */
  async open(link = ''): Promise<void> {
    await this.page.goto(`${this.url}/app${link}`);
  }

  /** The phone was switched off, and on again: the app is opened by its icon. */
  async openAgain(): Promise<void> {
    await this.page.close();
    this.page = await this.context.newPage();
    await this.page.goto(`${this.url}/app/`);
  }

  async enrol(code: string): Promise<void> {
    await this.open(`#enrol=${code}`);
    await this.tap(this.page.getByTestId('enrol'));
    await this.page.getByTestId('enrolled').waitFor();
  }

  /** Makes this page as slow as on a cheap phone of four years ago. */
  async slowProcessor(): Promise<void> {
    const devtools = await this.context.newCDPSession(this.page);
    await devtools.send('Emulation.setCPUThrottlingRate', { rate: 4 });
  }

  /** Takes this page to where there is hardly a network. */
  async slowNetwork(): Promise<void> {
    const devtools = await this.context.newCDPSession(this.page);
    await devtools.send('Network.enable');
    await devtools.send('Network.emulateNetworkConditions', SLOW_2G);
  }

  /** From now on the phone has no room for anything more, as its browser says it. */
  async fillStorage(): Promise<void> {
    await this.page.evaluate(() => {
      const full = () => {
        throw new DOMException('no room', 'QuotaExceededError');
      };
      Object.assign(IDBObjectStore.prototype, { add: full, put: full });
    });
  }

  /** Why the browser would not offer to put the app on the home screen. */
  async whyNotInstallable(): Promise<string[]> {
    const devtools = await this.context.newCDPSession(this.page);
    const { installabilityErrors } = await devtools.send('Page.getInstallabilityErrors');
    return installabilityErrors.map(({ errorId }) => errorId).filter((id) => id !== 'in-incognito');
  }

  /** Everything that the app keeps on the phone, as text. */
  stored(): Promise<string> {
    return this.page.evaluate(async () => {
      const all: unknown[] = [{ ...localStorage }];
      for (const { name } of await indexedDB.databases()) {
        const db = await new Promise<IDBDatabase>((done, failed) => {
          const request = indexedDB.open(name as string);
          request.onsuccess = () => done(request.result);
          request.onerror = () => failed(request.error);
        });
        for (const table of Array.from(db.objectStoreNames)) {
          const rows = await new Promise<unknown[]>((done) => {
            const request = db.transaction(table).objectStore(table).getAll();
            request.onsuccess = () => done(request.result);
          });
          all.push({ table, rows });
        }
        db.close();
      }
      return JSON.stringify(all);
    });
  }

  /** The same without what differs from phone to phone: which tables and members there are, and their plain words. */
  async storedShape(): Promise<string> {
    const shape = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(shape);
      if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shape(inner)]));
      if (typeof value === 'string') return /^[a-z_]{2,20}$/.test(value) ? value : '#';
      return typeof value === 'number' ? 0 : value;
    };
    const all = JSON.parse(await this.stored()) as { table?: string; rows?: unknown[] }[];
    // How many positions wait, and which steps of the desk came already, depends on the moment.
    const steady = all.filter(({ table }) => table !== 'fix_queue' && table !== 'receipt');
    return JSON.stringify(shape(steady));
  }

  /** Hands a push message over to the service worker, as the browser does when one comes. */
  async pushed(text: string): Promise<void> {
    const devtools = await this.context.newCDPSession(this.page);
    const registration = new Promise<string>((known) => {
      devtools.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
        const mine = registrations.find(({ scopeURL, isDeleted }) => scopeURL.startsWith(this.url) && !isDeleted);
        if (mine) known(mine.registrationId);
      });
    });
    await devtools.send('ServiceWorker.enable');
    await devtools.send('ServiceWorker.deliverPushMessage', {
      origin: this.url,
      registrationId: await registration,
      data: text,
    });
    await devtools.detach();
  }

  /** The notices that lie on the phone's screen. */
  notices(): Promise<{ title: string; body: string; tag: string }[]> {
    return this.page.evaluate(async () => {
      const shown = await (await navigator.serviceWorker.ready).getNotifications();
      return shown.map(({ title, body, tag }) => ({ title, body, tag }));
    });
  }

  /** The service worker has everything that the app needs without network. */
  async keptOffline(): Promise<void> {
    await until('the service worker', () =>
      this.page.evaluate(async () => (await navigator.serviceWorker.ready).active?.state === 'activated' && navigator.serviceWorker.controller !== null),
    );
  }

  get card(): Locator {
    return this.page.getByTestId('card');
  }

  reaches(state: CardState): Promise<void> {
    return this.page.locator(`[data-testid=card][data-state=${state}]`).waitFor();
  }

  /** Puts a finger on SOS and keeps it there until the app has taken the press. */
  async holdSos(): Promise<void> {
    const lift = await this.touchSos();
    await this.page.locator('[data-testid=card]:not([data-state=idle]):not([data-state=closed])').waitFor();
    await lift();
  }

  /** The same while an SOS is open, where the card may say what it said before: until the press is on the phone's disk. */
  async holdSosAgain(): Promise<void> {
    const presses = async () => (await this.stored()).split('"pressed_at_ms"').length;
    const before = await presses();
    const lift = await this.touchSos();
    await until('the press on the disk', async () => (await presses()) > before);
    await lift();
  }

  /** Puts a finger on SOS; the returned function lifts it. */
  async touchSos(): Promise<() => Promise<void>> {
    const box = await this.page.getByTestId('sos').boundingBox();
    if (!box) throw new Error('there is no SOS button on the screen');
    const finger = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    const devtools = await this.context.newCDPSession(this.page);
    await devtools.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [finger] });
    return async () => {
      await devtools.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
    };
  }

  /** Types a PIN on the pad that is open, and sends it. */
  async typePin(pin: string): Promise<void> {
    const pad = this.page.getByTestId('pin-pad');
    for (const digit of pin) await this.tap(pad.getByRole('button', { name: digit, exact: true }));
    await this.tap(this.page.getByTestId('pin-send'));
  }

  /** Sets both PINs, from the first screen and back to it. */
  async setPins(pin: string, other: string): Promise<void> {
    await this.tap(this.page.getByRole('button', { name: 'Cài đặt' }));
    await this.tap(this.page.getByTestId('go-pins'));
    await this.tap(this.page.getByTestId('pins-begin'));
    for (const typed of [pin, pin, other, other]) {
      await this.typePin(typed);
    }
    await this.page.getByTestId('pins-done').waitFor();
    await this.page.goBack();
    await this.back();
  }

  /** Goes there with the Tab key alone. */
  async tabTo(what: Locator): Promise<void> {
    await what.waitFor();
    for (let steps = 0; steps < TAB_STEPS_MAX; steps += 1) {
      if (await what.evaluate((element) => element === document.activeElement)) return;
      await this.page.keyboard.press('Tab');
    }
    throw new Error('the Tab key does not lead there');
  }

  tap(what: Locator): Promise<void> {
    return what.tap();
  }

  async go(screen: 'numbers' | 'chat' | 'card'): Promise<void> {
    await this.tap(this.page.getByTestId(`tile-${screen}`));
    await this.page.getByRole('heading', { level: 1 }).waitFor();
  }

  async back(): Promise<void> {
    await this.page.goBack();
    await this.page.getByTestId('sos').waitFor();
  }

  leave(): Promise<void> {
    return this.context.close();
  }
}
