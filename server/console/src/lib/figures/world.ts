import type { FeatureCollection, Position } from 'geojson';
import { baseAddress } from '../map/look';

/** Land, where each country's name stands, and the archipelagos that are named on every map. */
export interface World {
  shapes: FeatureCollection;
  /** By code. */
  places: ReadonlyMap<string, Position2>;
  islands: readonly { name: string; at: Position2 }[];
}

type Position2 = [number, number];

/** An answer that takes longer than this is given up, in milliseconds: bars are drawn then. */
const WORLD_TIMEOUT_MS = 15_000;

let asked: Promise<World> | null = null;

/** The base map of the console, made small when it was built. A failed attempt is not kept. */
export function loadWorld(fetcher: typeof fetch): Promise<World> {
  asked ??= load(fetcher).catch((error: unknown) => {
    asked = null;
    throw error;
  });
  return asked;
}

async function load(fetcher: typeof fetch): Promise<World> {
  const [{ default: shapes }, labels, islands] = await Promise.all([
    import('virtual:world-shapes'),
    read(fetcher, 'country_labels_vi'),
    read(fetcher, 'vn_island_labels'),
  ]);
  return { shapes, places: placesOf(labels), islands: islandsOf(islands) };
}

async function read(fetcher: typeof fetch, file: string): Promise<FeatureCollection> {
  const response = await fetcher(baseAddress(file), { signal: AbortSignal.timeout(WORLD_TIMEOUT_MS) });
  if (!response.ok) throw new Error(`${file}: ${response.status}`);
  return (await response.json()) as FeatureCollection;
}

/** Some countries have several labels (islands far away); the most prominent one says where the country is. */
export function placesOf({ features }: FeatureCollection): Map<string, Position2> {
  const places = new Map<string, { at: Position2; rank: number }>();
  for (const { properties, geometry } of features) {
    const { iso, lr } = properties ?? {};
    if (!iso || geometry.type !== 'Point') continue;
    const known = places.get(iso);
    if (!known || lr < known.rank) places.set(iso, { at: pair(geometry.coordinates), rank: lr });
  }
  return new Map([...places].map(([iso, { at }]) => [iso, at]));
}

function islandsOf({ features }: FeatureCollection): World['islands'] {
  return features.flatMap(({ properties, geometry }) =>
    geometry.type === 'Point' ? [{ name: String(properties?.vi ?? ''), at: pair(geometry.coordinates) }] : [],
  );
}

function pair([lon = 0, lat = 0]: Position): Position2 {
  return [lon, lat];
}
