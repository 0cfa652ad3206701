import type { CountryCode, UnixMs } from '@protocol';
import { en } from '../text/en';
import { vi, type Texts } from '../text/vi';

export type Language = 'vi' | 'en';

const STORAGE_KEY = 'sos.app.settings';
const TEXTS: Record<Language, Texts> = { vi, en };
const LOCALE: Record<Language, string> = { vi: 'vi-VN', en: 'en-GB' };

interface Saved {
  language: Language;
  silent: boolean;
  country: CountryCode | null;
}

/** What this worker likes on this phone. */
export class Settings {
  #saved = $state<Saved>({ language: 'vi', silent: false, country: null });
  readonly #storage: Storage | null;
  readonly t: Texts = $derived(TEXTS[this.#saved.language]);
  readonly #clock = $derived(new Intl.DateTimeFormat(LOCALE[this.#saved.language], { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }));

  constructor(storage: Storage | null) {
    this.#storage = storage;
    this.#saved = load(storage);
  }

  get language(): Language {
    return this.#saved.language;
  }

  /** No sound, no vibration, a plain screen. */
  get silent(): boolean {
    return this.#saved.silent;
  }

  /** Where the worker says to be. */
  get country(): CountryCode | null {
    return this.#saved.country;
  }

  get locale(): string {
    return LOCALE[this.#saved.language];
  }

  /** `14:02`, where the phone is. */
  readonly hourMinute = (at: UnixMs): string => this.#clock.format(at);

  distance(m: number): string {
    const number = (value: number, digits: number) => new Intl.NumberFormat(this.locale, { maximumFractionDigits: digits }).format(value);
    return m < 1000 ? `${number(Math.max(1, Math.round(m)), 0)} m` : `${number(m / 1000, m < 10_000 ? 1 : 0)} km`;
  }

  countryName(code: CountryCode): string {
    try {
      return new Intl.DisplayNames([this.locale], { type: 'region' }).of(code) ?? code;
    } catch {
      return code;
    }
  }

  set(change: Partial<Saved>): void {
    this.#saved = { ...this.#saved, ...change };
    try {
      this.#storage?.setItem(STORAGE_KEY, JSON.stringify(this.#saved));
    } catch {
      // Storage is full or forbidden: the choice holds while the app is open.
    }
  }
}

function load(storage: Storage | null): Saved {
  try {
    const saved = JSON.parse(storage?.getItem(STORAGE_KEY) ?? '{}') as Partial<Saved>;
    const country = /^[A-Z]{2}$/.test(saved.country ?? '') ? (saved.country ?? null) : null;
    return { language: saved.language === 'en' ? 'en' : 'vi', silent: saved.silent === true, country };
  } catch {
    return { language: 'vi', silent: false, country: null };
  }
}
