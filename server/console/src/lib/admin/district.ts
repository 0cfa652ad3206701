import type { MultiPolygon, Polygon, Position } from 'geojson';
import type { LonLat } from '../map/geodesy';

export type District = Polygon | MultiPolygon;
export type DistrictFault = 'no_json' | 'no_polygon' | 'open_ring' | 'outside' | 'large';

/** Most corners that are taken: a border to some hundred metres has fewer. */
export const CORNERS_MAX = 20_000;

/** Reads a district from a file: a polygon, or the one or more polygons of a feature or of a collection of features. */
export function readDistrict(text: string): District | DistrictFault {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return 'no_json';
  }
  const polygons = polygonsOf(parsed);
  if (polygons === null || polygons.length === 0) return 'no_polygon';
  const rings = polygons.flat();
  if (rings.reduce((sum, ring) => sum + ring.length, 0) > CORNERS_MAX) return 'large';
  if (!rings.flat().every(isPosition)) return 'outside';
  if (!rings.every(isClosed)) return 'open_ring';
  const [first] = polygons;
  return polygons.length === 1 && first
    ? { type: 'Polygon', coordinates: first }
    : { type: 'MultiPolygon', coordinates: polygons };
}

export function isDistrict(read: District | DistrictFault): read is District {
  return typeof read !== 'string';
}

/** All corners, to look at them. */
export function cornersOf(district: District): LonLat[] {
  const polygons = district.type === 'Polygon' ? [district.coordinates] : district.coordinates;
  return polygons.flat(2).map(([lon = 0, lat = 0]) => [lon, lat]);
}

function polygonsOf(value: unknown): Position[][][] | null {
  if (!isObject(value)) return null;
  switch (value.type) {
    case 'Polygon':
      return isNested(value.coordinates, 3) ? [value.coordinates as Position[][]] : null;
    case 'MultiPolygon':
      return isNested(value.coordinates, 4) ? (value.coordinates as Position[][][]) : null;
    case 'Feature':
      return polygonsOf(value.geometry);
    case 'FeatureCollection': {
      const parts = Array.isArray(value.features) ? value.features.map(polygonsOf) : [null];
      return parts.includes(null) ? null : parts.flatMap((part) => part ?? []);
    }
    default:
      return null;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isNested(value: unknown, depth: number): boolean {
  if (!Array.isArray(value)) return false;
  return depth === 1 ? true : value.length > 0 && value.every((part) => isNested(part, depth - 1));
}

function isPosition([lon, lat]: Position): boolean {
  return typeof lon === 'number' && typeof lat === 'number' && Math.abs(lon) <= 180 && Math.abs(lat) <= 90;
}

function isClosed(ring: Position[]): boolean {
  const [first, last] = [ring[0], ring.at(-1)];
  return ring.length >= 4 && first?.[0] === last?.[0] && first?.[1] === last?.[1];
}
