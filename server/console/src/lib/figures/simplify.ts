import type { Feature, FeatureCollection, Position } from 'geojson';

/** How far an edge may be off, in degrees: less than a pixel of a map of the world. */
const TOLERANCE = 0.12;
/** An island smaller than this both ways is left out, unless it is all that there is of a country. */
const ISLAND_LEAST = 0.5;

/** Shapes for a small map of the world. What is in `whole` keeps every island. */
export function simplified({ features }: FeatureCollection, whole: (feature: Feature) => boolean): FeatureCollection {
  return { type: 'FeatureCollection', features: features.map((feature) => simpler(feature, whole(feature))) };
}

function simpler({ properties, geometry }: Feature, whole: boolean): Feature {
  const polygons = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.type === 'MultiPolygon' ? geometry.coordinates : [];
  const outer = polygons.map((rings) => rings[0] ?? []).filter((ring) => ring.length > 3);
  const largest = Math.max(0, ...outer.map(extentOf));
  const kept = outer.filter((ring) => whole || extentOf(ring) >= Math.min(ISLAND_LEAST, largest));
  return {
    type: 'Feature',
    properties: { name: properties?.name ?? '' },
    geometry: { type: 'MultiPolygon', coordinates: kept.map((ring) => [simplerRing(ring)]) },
  };
}

/** A ring is cut at its first corner and the one farthest from it; what becomes too small stays a triangle. */
function simplerRing(ring: Position[]): Position[] {
  const first = ring[0] as Position;
  let far = 1;
  for (let i = 1; i < ring.length - 1; i++) if (apart(ring[i] as Position, first) > apart(ring[far] as Position, first)) far = i;
  const half = (from: Position[]) => line(from).slice(1);
  const corners = [first, ...half(ring.slice(0, far + 1)), ...half(ring.slice(far))];
  const used = corners.length >= 4 ? corners : [first, ring[Math.ceil(far / 2)] as Position, ring[far] as Position, first];
  return used.map(([lon = 0, lat = 0]) => [round(lon), round(lat)]);
}

/** Douglas and Peucker: a corner stays if leaving it out would move the line by more than the tolerance. */
function line(points: Position[]): Position[] {
  const [from, to] = [points[0] as Position, points.at(-1) as Position];
  let at = 0;
  let most = 0;
  for (let i = 1; i < points.length - 1; i++) {
    const off = offLine(points[i] as Position, from, to);
    if (off > most) [at, most] = [i, off];
  }
  if (most <= TOLERANCE) return [from, to];
  return [...line(points.slice(0, at + 1)), ...line(points.slice(at)).slice(1)];
}

function offLine(point: Position, from: Position, to: Position): number {
  const [x, y] = [(to[0] as number) - (from[0] as number), (to[1] as number) - (from[1] as number)];
  const [px, py] = [(point[0] as number) - (from[0] as number), (point[1] as number) - (from[1] as number)];
  const length = x * x + y * y;
  const along = length === 0 ? 0 : Math.max(0, Math.min(1, (px * x + py * y) / length));
  return Math.hypot(px - along * x, py - along * y);
}

function extentOf(ring: Position[]): number {
  const size = (axis: 0 | 1) => {
    let [low, high] = [Infinity, -Infinity];
    for (const point of ring) [low, high] = [Math.min(low, point[axis] as number), Math.max(high, point[axis] as number)];
    return high - low;
  };
  return Math.max(size(0), size(1));
}

function apart(a: Position, b: Position): number {
  return Math.hypot((a[0] as number) - (b[0] as number), (a[1] as number) - (b[1] as number));
}

function round(degrees: number): number {
  // Adding zero makes one zero of both.
  return Math.round(degrees * 100) / 100 + 0;
}
