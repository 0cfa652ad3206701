import type { FeatureCollection, MultiPolygon, Polygon, Position } from 'geojson';
import type { LonLat } from '../map/geodesy';
import type { DeskMarks } from './desk_marks';

/** Where one looks. */
export interface FlatView {
  centre: LonLat;
  /** Pixels for a degree of latitude. */
  scale: number;
}

export interface Inks {
  sea: string;
  land: string;
  border: string;
  accent: string;
  text: string;
}

/** Corners closer than this to the one before are left out, in pixels. */
const THIN_PX = 0.8;

/** Degrees of longitude get narrower away from the equator: so the middle of the picture is not distorted. */
function narrowing({ centre }: FlatView): number {
  return Math.max(0.1, Math.cos((centre[1] * Math.PI) / 180));
}

export function toPixel(at: readonly number[], view: FlatView, width: number, height: number): [number, number] {
  const [lon = 0, lat = 0] = at;
  return [
    width / 2 + (lon - view.centre[0]) * view.scale * narrowing(view),
    height / 2 - (lat - view.centre[1]) * view.scale,
  ];
}

export function toPlace(x: number, y: number, view: FlatView, width: number, height: number): LonLat {
  return [
    view.centre[0] + (x - width / 2) / (view.scale * narrowing(view)),
    view.centre[1] - (y - height / 2) / view.scale,
  ];
}

/** The view in which both corners are in sight. */
export function viewOf([west, east]: [LonLat, LonLat], width: number, height: number): FlatView {
  const centre: LonLat = [(west[0] + east[0]) / 2, (west[1] + east[1]) / 2];
  const narrow = narrowing({ centre, scale: 1 });
  const scale = Math.min(width / Math.max(0.1, (east[0] - west[0]) * narrow), height / Math.max(0.1, east[1] - west[1]));
  return { centre, scale };
}

/** Draws the map in two dimensions, for computers that cannot draw the other one. */
export function drawFlat(
  context: CanvasRenderingContext2D,
  size: { width: number; height: number },
  view: FlatView,
  land: FeatureCollection | null,
  marks: DeskMarks,
  inks: Inks,
): void {
  const { width, height } = size;
  const pixel = (at: readonly number[]) => toPixel(at, view, width, height);
  context.fillStyle = inks.sea;
  context.fillRect(0, 0, width, height);
  context.fillStyle = inks.land;
  context.strokeStyle = inks.border;
  context.lineWidth = 1;
  for (const { geometry } of land?.features ?? []) {
    if (geometry.type === 'Polygon' || geometry.type === 'MultiPolygon') fillArea(context, geometry, pixel, size);
  }
  if (marks.district) {
    context.fillStyle = context.strokeStyle = inks.accent;
    context.lineWidth = 2;
    context.globalAlpha = 0.35;
    fillArea(context, marks.district, pixel, size);
    context.globalAlpha = 1;
  }
  context.font = "13px 'Be Vietnam Pro', sans-serif";
  context.textAlign = 'center';
  for (const { at, name, chosen } of marks.posts) {
    const [x, y] = pixel(at);
    context.fillStyle = inks.accent;
    context.beginPath();
    context.arc(x, y, chosen ? 9 : 5, 0, 2 * Math.PI);
    context.fill();
    context.fillStyle = inks.text;
    if (chosen) context.fillText(name, x, y + 26);
  }
}

type Pixel = (at: readonly number[]) => [number, number];

function fillArea(
  context: CanvasRenderingContext2D,
  area: Polygon | MultiPolygon,
  pixel: Pixel,
  size: { width: number; height: number },
): void {
  const polygons = area.type === 'Polygon' ? [area.coordinates] : area.coordinates;
  for (const rings of polygons) {
    if (!isInSight(rings[0] ?? [], pixel, size)) continue;
    context.beginPath();
    for (const ring of rings) traceRing(context, ring, pixel);
    context.fill('evenodd');
    context.stroke();
  }
}

function traceRing(context: CanvasRenderingContext2D, ring: readonly Position[], pixel: Pixel): void {
  let last: [number, number] | null = null;
  for (const at of ring) {
    const [x, y] = pixel(at);
    if (last && Math.abs(x - last[0]) + Math.abs(y - last[1]) < THIN_PX) continue;
    if (last) context.lineTo(x, y);
    else context.moveTo(x, y);
    last = [x, y];
  }
  context.closePath();
}

function isInSight(ring: readonly Position[], pixel: Pixel, { width, height }: { width: number; height: number }): boolean {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const at of ring) {
    const [x, y] = pixel(at);
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  return right >= 0 && left <= width && bottom >= 0 && top <= height;
}
