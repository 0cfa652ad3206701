import { pixelOf, worldPx, type Camera, type Pixel, type Size } from './mercator';
import type { Path } from './shapes';

/** What lies further outside than this is not drawn: far beyond any line's width, in pixels. */
const MARGIN_PX = 8;

/** What can take a way: a canvas, or a way that is drawn later. */
export type Pen = Pick<CanvasPath, 'moveTo' | 'lineTo' | 'closePath'>;

/** The picture into which shapes are traced: where its upper left corner lies, and how large the world is. */
export interface Sheet extends Size {
  x: number;
  y: number;
  world: number;
}

/** `copy`: of which world, counted to the east. */
export function sheetOf(camera: Camera, size: Size, copy: number): Sheet {
  const [x, y] = pixelOf({ x: copy, y: 0 }, camera, size);
  return { x, y, world: worldPx(camera.zoom), ...size };
}

/** Adds a closed edge, cut off outside of the sheet: how far it goes on there does not matter. `false`: nothing is in sight. */
export function traceEdge(pen: Pen, path: Path, sheet: Sheet): boolean {
  if (!isInSight(path, sheet)) return false;
  let corners = pixelsOf(path, sheet);
  if (!isWholeInSight(path, sheet)) corners = cutToSheet(corners, sheet);
  if (corners.length < 6) return false;
  pen.moveTo(corners[0] as number, corners[1] as number);
  for (let i = 2; i < corners.length; i += 2) pen.lineTo(corners[i] as number, corners[i + 1] as number);
  pen.closePath();
  return true;
}

/** Adds an open line; stretches that lie outside on one side altogether are left out. */
export function traceLine(pen: Pen, path: Path, sheet: Sheet): boolean {
  if (!isInSight(path, sheet)) return false;
  const points = pixelsOf(path, sheet);
  let isDown = false;
  for (let i = 2; i < points.length; i += 2) {
    const from: Pixel = [points[i - 2] as number, points[i - 1] as number];
    const to: Pixel = [points[i] as number, points[i + 1] as number];
    if (isOutside(from, to, sheet)) {
      isDown = false;
      continue;
    }
    if (!isDown) pen.moveTo(...from);
    pen.lineTo(...to);
    isDown = true;
  }
  return true;
}

function pixelsOf({ points }: Path, { x, y, world }: Sheet): number[] {
  const pixels = new Array<number>(points.length);
  for (let i = 0; i < points.length; i += 2) {
    pixels[i] = x + (points[i] as number) * world;
    pixels[i + 1] = y + (points[i + 1] as number) * world;
  }
  return pixels;
}

function isInSight({ left, top, right, bottom }: Path, { x, y, world, width, height }: Sheet): boolean {
  return (
    x + right * world >= -MARGIN_PX &&
    x + left * world <= width + MARGIN_PX &&
    y + bottom * world >= -MARGIN_PX &&
    y + top * world <= height + MARGIN_PX
  );
}

function isWholeInSight({ left, top, right, bottom }: Path, { x, y, world, width, height }: Sheet): boolean {
  return (
    x + left * world >= -MARGIN_PX &&
    x + right * world <= width + MARGIN_PX &&
    y + top * world >= -MARGIN_PX &&
    y + bottom * world <= height + MARGIN_PX
  );
}

function isOutside([x1, y1]: Pixel, [x2, y2]: Pixel, { width, height }: Size): boolean {
  return (
    Math.max(x1, x2) < -MARGIN_PX ||
    Math.min(x1, x2) > width + MARGIN_PX ||
    Math.max(y1, y2) < -MARGIN_PX ||
    Math.min(y1, y2) > height + MARGIN_PX
  );
}

/** Sutherland and Hodgman's way: cut along one side after the other. Canvases draw wrongly, and slowly, what is millions of pixels wide. */
export function cutToSheet(corners: number[], { width, height }: Size): number[] {
  const left = cutAlong(corners, 0, -MARGIN_PX, 1);
  const right = cutAlong(left, 0, width + MARGIN_PX, -1);
  const top = cutAlong(right, 1, -MARGIN_PX, 1);
  return cutAlong(top, 1, height + MARGIN_PX, -1);
}

/** Keeps what is beyond `limit` in the direction `side` of an axis: 0 for x, 1 for y. */
function cutAlong(corners: number[], axis: 0 | 1, limit: number, side: 1 | -1): number[] {
  const kept: number[] = [];
  for (let i = 0; i < corners.length; i += 2) {
    const before = i === 0 ? corners.length - 2 : i - 2;
    const from = (corners[before + axis] as number) - limit;
    const to = (corners[i + axis] as number) - limit;
    if (from * side >= 0 !== to * side >= 0) {
      const share = from / (from - to);
      const [x, y] = [corners[before] as number, corners[before + 1] as number];
      kept.push(x + ((corners[i] as number) - x) * share, y + ((corners[i + 1] as number) - y) * share);
    }
    if (to * side >= 0) kept.push(corners[i] as number, corners[i + 1] as number);
  }
  return kept;
}
