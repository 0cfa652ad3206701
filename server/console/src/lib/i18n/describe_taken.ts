import type { FixView, Taken, UnixMs } from '@protocol';
import { ageMs } from '../cases/position';
import { distanceM, type LonLat } from '../map/geodesy';
import { lonLat } from '../map/trail';
import type { Words } from './describe';
import { formatCoordinates } from './format';

/**
 * What a photo says about itself, as the camera's own word, and how far that is from the newest position known of the
 * worker. No line where it says nothing.
 */
export function describeTaken(
  taken: Taken | null | undefined,
  newest: FixView | null,
  now: UnixMs,
  w: Words,
): string[] {
  const t = w.t.attachment;
  const said: string[] = [];
  if (taken?.at_ms != null) said.push(t.takenAt(w.format.moment(taken.at_ms, now)));
  const place = taken && placeOf(taken);
  if (place) said.push(t.takenWhere(formatCoordinates(place[1], place[0])));
  if (place && newest) {
    said.push(t.apart(w.format.distance(distanceM(place, lonLat(newest))), w.format.ago(ageMs(newest, now))));
  }
  return said.length > 0 ? [`${t.taken}: ${said.join(', ')}`] : [];
}

function placeOf({ lat, lon }: Taken): LonLat | null {
  return lat == null || lon == null ? null : [lon, lat];
}
