import { BASE_COLOURS, BORDER_WIDTH, DETAIL_ZOOM_MIN, rampAt, RIVER_WIDTH, type MapTheme } from '../look';
import { spotAt, type Camera, type Size } from './mercator';
import type { Area, Shapes } from './shapes';
import { sheetOf, traceEdge, traceLine, type Sheet } from './trace';

/** A picture of the base map. */
export interface BaseFrame {
  camera: Camera;
  size: Size;
  /** Pixels of the picture for each of the page. */
  ratio: number;
  theme: MapTheme;
}

type Context = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

/** Draws the picture, and stops after each country: whoever draws may turn to something else in between. */
export function* drawBase(context: Context, { camera, size, ratio, theme }: BaseFrame, shapes: Shapes): Generator<void> {
  const colours = BASE_COLOURS[theme];
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.fillStyle = colours.sea;
  context.fillRect(0, 0, size.width, size.height);
  context.lineJoin = 'round';
  for (const copy of copiesIn(camera, size)) {
    const sheet = sheetOf(camera, size, copy);
    const borders: Path2D[] = [];
    for (const country of shapes.land) {
      const outline = fillArea(context, country, sheet, country.isHome ? colours.home : colours.land);
      if (outline) borders.push(outline);
      yield;
    }
    for (const lake of shapes.lakes) fillArea(context, lake, sheet, colours.sea);
    yield;
    if (camera.zoom >= DETAIL_ZOOM_MIN) drawRivers(context, shapes, sheet, colours.river);
    context.strokeStyle = colours.border;
    context.lineWidth = rampAt(BORDER_WIDTH, camera.zoom);
    for (const outline of borders) {
      context.stroke(outline);
      yield;
    }
  }
}

/** The worlds in sight, counted to the east: far out there is more than one. */
function copiesIn(camera: Camera, size: Size): number[] {
  const first = Math.floor(spotAt([0, 0], camera, size).x);
  const last = Math.floor(spotAt([size.width, 0], camera, size).x);
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

function fillArea(context: Context, { edges }: Area, sheet: Sheet, colour: string): Path2D | null {
  const outline = new Path2D();
  let isSeen = false;
  for (const edge of edges) if (traceEdge(outline, edge, sheet)) isSeen = true;
  if (!isSeen) return null;
  context.fillStyle = colour;
  context.fill(outline, 'evenodd');
  return outline;
}

function drawRivers(context: Context, { rivers }: Shapes, sheet: Sheet, colour: string): void {
  const way = new Path2D();
  for (const river of rivers) traceLine(way, river, sheet);
  context.strokeStyle = colour;
  context.lineWidth = RIVER_WIDTH;
  context.stroke(way);
}
