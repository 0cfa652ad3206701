// What every screen gets: the phone, the settings, the numbers, and which screen it is.
import { getContext, setContext } from 'svelte';
import { loadDirectory, type Directory } from './directory';
import { codeOf } from './link';
import { Phone } from './phone.svelte';
import type { Platform } from './platform';
import type { PushSwitch } from './push.svelte';
import { Settings } from './settings.svelte';
import { WellBeing } from './well_being.svelte';

/** Chrome's offer to put the app on the home screen; other browsers have it in their menu. */
interface InstallOffer extends Event {
  prompt(): Promise<unknown>;
}

export type Screen = 'main' | 'chat' | 'numbers' | 'card' | 'settings' | 'pins' | 'drill' | 'borrow';

export class App {
  readonly settings: Settings;
  readonly phone: Phone;
  readonly well: WellBeing;
  screen = $state<Screen>('main');
  directory = $state.raw<Directory | null>(null);
  push = $state.raw<PushSwitch | null>(null);
  /** Writes the coded SMS; loaded behind the first screen, so that it is there without network. */
  sms = $state.raw<typeof import('./sms') | null>(null);
  offer = $state.raw<InstallOffer | null>(null);
  /** From an enrolment link; never in an address that reaches a server. */
  code = $state('');
  /** Chosen by the worker, else the country of the contract. */
  readonly country = $derived.by(() => this.settings.country ?? this.phone.identity?.worker.contract_country ?? null);

  readonly #platform: Platform;

  constructor(platform: Platform, storage: Storage | null) {
    this.#platform = platform;
    this.settings = new Settings(storage);
    this.phone = new Phone(platform, this.settings);
    this.well = new WellBeing({
      open: () => this.phone.open,
      enrolled: () => this.phone.identity !== null,
      write: () => this.phone.write(this.settings.t.well.phrase),
      checkIn: () => this.phone.checkIn(),
    });
  }

  start(): void {
    this.phone.start();
    this.screen = (history.state as { screen?: Screen } | null)?.screen ?? 'main';
    this.#readLink();
    addEventListener('hashchange', () => this.#readLink());
    this.#platform.onNotice((said) => this.#readNotice(said));
    addEventListener('beforeinstallprompt', (event) => {
      event.preventDefault();
      this.offer = event as InstallOffer;
    });
    addEventListener('popstate', (event) => {
      this.screen = (event.state as { screen?: Screen } | null)?.screen ?? 'main';
    });
    loadDirectory().then((directory) => (this.directory = directory), () => {});
    import('./sms').then((sms) => (this.sms = sms), () => {});
  }

  go(screen: Screen): void {
    if (screen === this.screen) return;
    history.pushState({ screen }, '');
    this.screen = screen;
  }

  /** The offer is good once. */
  install(): void {
    void this.offer?.prompt().catch(() => {});
    this.offer = null;
  }

  back(): void {
    if (history.state?.screen) history.back();
    else this.screen = 'main';
  }

  /** The switch of push, with what is still to be done for it. */
  async syncPush(): Promise<PushSwitch> {
    const { browserPush } = await import('./push.svelte');
    const { holder, fetch } = this.#platform.bridge;
    this.push ??= browserPush(holder, fetch);
    await this.push.sync();
    return this.push;
  }

  #readNotice(said: unknown): void {
    const go = (said as { go?: unknown } | null)?.go;
    if (go === 'chat') this.go('chat');
    else if (go === 'main') this.go('main');
  }

  /** A code in the link: taken out of the address at once, so that it is not kept or shown. */
  #readLink(): void {
    if (location.hash === '#chat') {
      history.replaceState(null, '', location.pathname);
      this.go('chat');
      return;
    }
    const code = codeOf(location.hash);
    if (code === null) return;
    history.replaceState(null, '', location.pathname);
    this.code = code;
    this.go('settings');
  }
}

const KEY = Symbol('app');

export function provideApp(app: App): void {
  setContext(KEY, app);
}

export function useApp(): App {
  return getContext(KEY);
}
