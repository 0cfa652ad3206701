import type { FeatureCollection } from 'geojson';
import type { Settings } from './settings.svelte';

const LABELS_URL = '/basemap/country_labels_vi.geojson';

interface Names {
  vi: string;
  en: string;
}

/** Country names in the wording of the map, which is the ministry's; the browser's until it has come. */
export class Countries {
  #names = $state.raw<ReadonlyMap<string, Names>>(new Map());
  readonly #settings: Settings;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  name = (code: string): string => {
    return this.#names.get(code)?.[this.#settings.language] ?? this.#settings.format.countryName(code);
  };

  /** Codes of all countries that the map names. */
  get codes(): string[] {
    return [...this.#names.keys()];
  }

  async load(fetcher: typeof fetch): Promise<void> {
    try {
      const response = await fetcher(LABELS_URL);
      if (response.ok) this.#names = namesOf((await response.json()) as FeatureCollection);
    } catch {
      // The browser's own names do.
    }
  }
}

/** Some countries have several labels (islands far away); the most prominent one carries the name. */
function namesOf(labels: FeatureCollection): Map<string, Names> {
  const names = new Map<string, Names & { rank: number }>();
  for (const { properties } of labels.features) {
    const { iso, vi, name, lr } = properties ?? {};
    if (!iso || !vi) continue;
    const known = names.get(iso);
    if (!known || lr < known.rank) names.set(iso, { vi, en: name ?? vi, rank: lr });
  }
  return names;
}
