import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import type { Spot } from '../service/phone';
import { until } from '../wait';
import type { Screen } from './officer';

/** A small phone of four years ago. */
export const PHONE: Screen = { width: 360, height: 640 };

type CardState = 'idle' | 'unsaved' | 'saved' | 'sending' | 'retrying' | 'received' | 'rang' | 'seen' | 'claimed' | 'closed';

/** A worker with the app in the hand: does what a finger does, and sees what is on the screen. */
export class Worker {
  private constructor(
    readonly context: BrowserContext,
    public page: Page,
    readonly url: string,
  ) {}

  static async at(browser: Browser, url: string, more: { at?: Spot; screen?: Screen; scale?: number } = {}): Promise<Worker> {
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
