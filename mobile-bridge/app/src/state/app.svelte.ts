// What every screen gets: the phone, the settings, the numbers, and which screen it is.
import { getContext, setContext } from 'svelte';
import { loadDirectory, type Directory } from './directory';
import { Phone } from './phone.svelte';
import type { Platform } from './platform';
import { Settings } from './settings.svelte';

/** Chrome's offer to put the app on the home screen; other browsers have it in their menu. */
interface InstallOffer extends Event {
  prompt(): Promise<unknown>;
}

export type Screen = 'main' | 'chat' | 'numbers' | 'card' | 'settings';

export class App {
  readonly settings: Settings;
  readonly phone: Phone;
  screen = $state<Screen>('main');
  directory = $state.raw<Directory | null>(null);
  offer = $state.raw<InstallOffer | null>(null);
  /** From an enrolment link; never in an address that reaches a server. */
  code = $state('');
  /** Chosen by the worker, else the country of the contract. */
  readonly country = $derived.by(() => this.settings.country ?? this.phone.identity?.worker.contract_country ?? null);

  constructor(platform: Platform, storage: Storage | null) {
    this.settings = new Settings(storage);
    this.phone = new Phone(platform, this.settings);
  }

  start(): void {
    this.phone.start();
    this.screen = (history.state as { screen?: Screen } | null)?.screen ?? 'main';
    this.#readLink();
    addEventListener('hashchange', () => this.#readLink());
    addEventListener('beforeinstallprompt', (event) => {
      event.preventDefault();
      this.offer = event as InstallOffer;
    });
    addEventListener('popstate', (event) => {
      this.screen = (event.state as { screen?: Screen } | null)?.screen ?? 'main';
    });
    loadDirectory().then((directory) => (this.directory = directory), () => {});
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

  /** `#enrol=CODE`: taken out of the address at once, so that it is not kept or shown. */
  #readLink(): void {
    const code = /^#enrol=([A-Za-z0-9-]{1,40})$/.exec(location.hash)?.[1];
    if (code === undefined) return;
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
