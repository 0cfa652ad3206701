import type { DeskId, DeskSettings } from '@protocol';
import type { FeatureCollection, Point } from 'geojson';
import type { LonLat } from '../map/geodesy';
import { cornersOf, isDistrict, readDistrict, type District } from './district';

/** What is drawn on the map of the desks. */
export interface DeskMarks {
  posts: { id: DeskId; name: string; at: LonLat; chosen: boolean }[];
  district: District | null;
}

/** `chosen` stands for the desk of the list with the same id: it may have been changed and not saved yet. */
export function deskMarks(desks: readonly DeskSettings[], chosen: DeskSettings | null): DeskMarks {
  const shown = desks.map((desk) => (chosen && desk.desk_id === chosen.desk_id ? chosen : desk));
  const read = chosen?.district ? readDistrict(chosen.district) : null;
  return {
    posts: shown.flatMap((desk) => {
      const at = placeOf(desk);
      return at ? [{ id: desk.desk_id, name: desk.name, at, chosen: desk === chosen }] : [];
    }),
    district: read !== null && isDistrict(read) ? read : null,
  };
}

/** None where the coordinates are missing or no place on Earth. */
export function placeOf({ lat, lon }: Pick<DeskSettings, 'lat' | 'lon'>): LonLat | null {
  if (lat == null || lon == null || !(Math.abs(lat) <= 90) || !(Math.abs(lon) <= 180)) return null;
  return [lon, lat];
}

/** What has to be in sight: the district and the chosen post, or all posts. */
export function inSight({ posts, district }: DeskMarks): LonLat[] {
  const chosen = posts.filter((post) => post.chosen).map(({ at }) => at);
  const own = [...chosen, ...(district ? cornersOf(district) : [])];
  return own.length > 0 ? own : posts.map(({ at }) => at);
}

/** South-west and north-east corner around `places`, with some of the neighbourhood. */
export function boundsOf(places: readonly LonLat[], margin_deg: number): [LonLat, LonLat] {
  const lons = places.map(([lon]) => lon);
  const lats = places.map(([, lat]) => lat);
  return [
    [Math.max(-180, Math.min(...lons) - margin_deg), Math.max(-85, Math.min(...lats) - margin_deg)],
    [Math.min(180, Math.max(...lons) + margin_deg), Math.min(85, Math.max(...lats) + margin_deg)],
  ];
}

export function postFeatures({ posts }: DeskMarks): FeatureCollection<Point> {
  return {
    type: 'FeatureCollection',
    features: posts.map(({ id, name, at, chosen }) => ({
      type: 'Feature',
      properties: { id, name, chosen },
      geometry: { type: 'Point', coordinates: at },
    })),
  };
}
