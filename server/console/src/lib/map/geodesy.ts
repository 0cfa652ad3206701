/** Mean radius of the Earth, in metres. */
const EARTH_RADIUS_M = 6_371_008.8;
const CIRCLE_CORNERS = 72;

export type LonLat = [lon: number, lat: number];

/** The point `distance_m` from `from`, in the direction `bearing_deg` from north. */
export function destination(from: LonLat, distance_m: number, bearing_deg: number): LonLat {
  const angle = distance_m / EARTH_RADIUS_M;
  const bearing = radians(bearing_deg);
  const lat = radians(from[1]);
  const sinLat = Math.sin(lat) * Math.cos(angle) + Math.cos(lat) * Math.sin(angle) * Math.cos(bearing);
  const lat2 = Math.asin(Math.min(1, Math.max(-1, sinLat)));
  const dLon = Math.atan2(
    Math.sin(bearing) * Math.sin(angle) * Math.cos(lat),
    Math.cos(angle) - Math.sin(lat) * Math.sin(lat2),
  );
  return [from[0] + degrees(dLon), degrees(lat2)];
}

/** A circle of true metres around `centre`, as a closed ring. */
export function circleRing(centre: LonLat, radius_m: number): LonLat[] {
  const ring = Array.from({ length: CIRCLE_CORNERS }, (_, i) =>
    destination(centre, radius_m, (360 * i) / CIRCLE_CORNERS),
  );
  return [...ring, ring[0] as LonLat];
}

/** Distance along the surface, in metres. */
export function distanceM(a: LonLat, b: LonLat): number {
  const dLat = radians(b[1] - a[1]);
  const dLon = radians(b[0] - a[0]);
  const h =
    Math.sin(dLat / 2) ** 2 + Math.cos(radians(a[1])) * Math.cos(radians(b[1])) * Math.sin(dLon / 2) ** 2;
  return 2 * EARTH_RADIUS_M * Math.asin(Math.min(1, Math.sqrt(h)));
}

function radians(deg: number): number {
  return (deg * Math.PI) / 180;
}

function degrees(rad: number): number {
  return (rad * 180) / Math.PI;
}
