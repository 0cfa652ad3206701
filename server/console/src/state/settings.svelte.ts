import { en } from '../lib/i18n/en';
import { Format, type Language } from '../lib/i18n/format';
import { vi, type Texts } from '../lib/i18n/vi';
import { MAP_CHOICES, type MapChoice } from '../lib/map/support';

export type Theme = 'dark' | 'light';

const STORAGE_KEY = 'sos.console.settings';

interface Saved {
  language: Language;
  theme: Theme;
  singleKeys: boolean;
  map: MapChoice;
}

const DEFAULTS: Saved = { language: 'vi', theme: 'dark', singleKeys: true, map: 'auto' };
const TEXTS: Record<Language, Texts> = { vi, en };

/** What this officer likes on this computer. */
export class Settings {
  #saved = $state<Saved>(DEFAULTS);
  readonly #storage: Storage | null;

  readonly t: Texts = $derived(TEXTS[this.#saved.language]);
  readonly format: Format = $derived(new Format(this.#saved.language, this.t));

  constructor(storage: Storage | null) {
    this.#storage = storage;
    this.#saved = load(storage);
  }

  get language(): Language {
    return this.#saved.language;
  }

  get theme(): Theme {
    return this.#saved.theme;
  }

  get singleKeys(): boolean {
    return this.#saved.singleKeys;
  }

  get map(): MapChoice {
    return this.#saved.map;
  }

  set(change: Partial<Saved>): void {
    this.#saved = { ...this.#saved, ...change };
    try {
      this.#storage?.setItem(STORAGE_KEY, JSON.stringify(this.#saved));
    } catch {
      // Storage is full or forbidden: the choice holds for this page only.
    }
  }
}

function load(storage: Storage | null): Saved {
  try {
    const saved = JSON.parse(storage?.getItem(STORAGE_KEY) ?? '{}') as Partial<Saved>;
    return {
      language: saved.language === 'en' ? 'en' : 'vi',
      theme: saved.theme === 'light' ? 'light' : 'dark',
      singleKeys: saved.singleKeys !== false,
      map: MAP_CHOICES.find((choice) => choice === saved.map) ?? 'auto',
    };
  } catch {
    return DEFAULTS;
  }
}
