import { ZOOM_MAX, ZOOM_MIN, type Padding } from '../engine';
import type { LonLat } from '../geodesy';

/** Width of the world at zoom 0, in pixels: MapLibre's, so that both maps mean the same by a zoom. */
const WORLD_PX = 512;
/** Beyond this the world is no square any more. */
const LAT_MAX = 85.051129;

/** A place on the square that the world is on this map: to the east and to the south, 0 to 1. */
export interface Spot {
  x: number;
  y: number;
}

/** Where one looks: what lies in the middle, and how close one is. */
export interface Camera extends Spot {
  zoom: number;
}

/** In pixels of the page. */
export interface Size {
  width: number;
  height: number;
}

/** From the upper left corner of the map, in pixels of the page. */
export type Pixel = [x: number, y: number];

export function worldPx(zoom: number): number {
  return WORLD_PX * 2 ** zoom;
}

export function spotOf([lon = 0, lat = 0]: readonly number[]): Spot {
  const sin = Math.sin((Math.min(LAT_MAX, Math.max(-LAT_MAX, lat)) * Math.PI) / 180);
  return { x: lon / 360 + 0.5, y: 0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI) };
}

/** The longitude is one of the world's, wherever the spot lies. */
export function placeOf({ x, y }: Spot): LonLat {
  return [(wrapped(x) - 0.5) * 360, (Math.atan(Math.sinh((0.5 - y) * 2 * Math.PI)) * 180) / Math.PI];
}

/** `x`, of the copy of the world that is nearest to `to`. */
export function nearest(x: number, to: number): number {
  return x - Math.round(x - to);
}

export function pixelOf({ x, y }: Spot, camera: Camera, { width, height }: Size): Pixel {
  const world = worldPx(camera.zoom);
  return [(x - camera.x) * world + width / 2, (y - camera.y) * world + height / 2];
}

export function spotAt([x, y]: Pixel, camera: Camera, { width, height }: Size): Spot {
  const world = worldPx(camera.zoom);
  return { x: camera.x + (x - width / 2) / world, y: camera.y + (y - height / 2) / world };
}

/** What was in the middle is so many pixels further right and down. */
export function panned(camera: Camera, dx: number, dy: number): Camera {
  const world = worldPx(camera.zoom);
  return { ...camera, x: camera.x - dx / world, y: camera.y - dy / world };
}

/** Looks from `zoom`; what lies under `pixel` stays there. */
export function zoomedAt(camera: Camera, zoom: number, pixel: Pixel, size: Size): Camera {
  const under = spotAt(pixel, camera, size);
  const moved = spotAt(pixel, { ...camera, zoom }, size);
  return { x: camera.x + under.x - moved.x, y: camera.y + under.y - moved.y, zoom };
}

/** The nearest view that is allowed: neither too close nor too far, and nothing beyond the poles. */
export function allowed(camera: Camera, { height }: Size): Camera {
  const zoomMin = Math.max(ZOOM_MIN, Math.log2(Math.max(1, height) / WORLD_PX));
  const zoom = Math.min(ZOOM_MAX, Math.max(zoomMin, camera.zoom));
  const half = height / 2 / worldPx(zoom);
  return { x: wrapped(camera.x), y: Math.min(1 - half, Math.max(half, camera.y)), zoom };
}

/** The closest view of all `places` that leaves `padding` free. */
export function fitted(places: readonly LonLat[], { width, height }: Size, padding: Padding, zoomMax: number): Camera {
  const spots = places.map(spotOf);
  const xs = spots.map(({ x }) => x);
  const ys = spots.map(({ y }) => y);
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const roomX = Math.max(1, width - padding.left - padding.right);
  const roomY = Math.max(1, height - padding.top - padding.bottom);
  const zoom = Math.min(zoomMax, Math.log2(Math.min(roomX / (right - left), roomY / (bottom - top)) / WORLD_PX));
  const middle = { x: (left + right) / 2, y: (top + bottom) / 2, zoom };
  return panned(middle, (padding.left - padding.right) / 2, (padding.top - padding.bottom) / 2);
}

function wrapped(x: number): number {
  return x - Math.floor(x);
}
