import type { Feature, FeatureCollection } from 'geojson';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';
import { simplified } from './src/lib/figures/simplify.ts';

const NAME = 'virtual:world-shapes';
const COUNTRIES = fileURLToPath(new URL('public/basemap/countries_10m_s004.geojson', import.meta.url));

/** The home country keeps every island, and so do the archipelagos, which are shapes of their own. */
const isWhole = ({ properties }: Feature) => properties?.iso === 'VN' || String(properties?.vi ?? '').includes('Việt Nam');

/** Countries for the small map of the figures, from the base map: whoever changes the one changes the other. */
export function worldShapes(): Plugin {
  return {
    name: 'world-shapes',
    resolveId: (id) => (id === NAME ? `\0${NAME}` : null),
    load(id) {
      if (id !== `\0${NAME}`) return null;
      this.addWatchFile(COUNTRIES);
      const shapes = simplified(JSON.parse(readFileSync(COUNTRIES, 'utf8')) as FeatureCollection, isWhole);
      return `export default JSON.parse(${JSON.stringify(JSON.stringify(shapes))});`;
    },
  };
}
