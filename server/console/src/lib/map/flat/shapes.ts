import type { FeatureCollection, Position } from 'geojson';
import { BASE_FILES, baseAddress, HOME_ISO } from '../look';
import { spotOf, worldPx } from './mercator';

/** A line or an edge of an area: x and y of one corner after the other, on the square of the world. */
export interface Path {
  points: Float32Array;
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** A country or a lake: its edges, those of its holes too. */
export interface Area {
  isHome: boolean;
  edges: Path[];
}

/** The shapes of the base map, as finely as they are drawn at one zoom. */
export interface Shapes {
  land: Area[];
  lakes: Area[];
  rivers: Path[];
}

/** Corners closer than this to the one before are left out, in pixels. */
const THIN_PX = 0.6;
/** From here on every corner is drawn. There is one thinner set of shapes for each whole zoom below. */
const WHOLE_ZOOM_MIN = 7;

/** The shapes of the base map, thinned for each zoom when they are asked for first. */
export class ShapeStore {
  readonly #whole: Shapes;
  readonly #thin = new Map<number, Shapes>();

  constructor(whole: Shapes) {
    this.#whole = whole;
  }

  at(zoom: number): Shapes {
    const level = Math.max(0, Math.ceil(zoom));
    if (level >= WHOLE_ZOOM_MIN) return this.#whole;
    const known = this.#thin.get(level);
    if (known) return known;
    const made = thinned(this.#whole, THIN_PX / worldPx(level));
    this.#thin.set(level, made);
    return made;
  }
}

/** `missing`: a file could not be had; the others are there all the same. */
export async function loadShapes(): Promise<{ shapes: Shapes; missing: boolean }> {
  const files = await Promise.allSettled([BASE_FILES.countries, BASE_FILES.lakes, BASE_FILES.rivers].map(loadFile));
  const [land, lakes, rivers] = files.map((file) => (file.status === 'fulfilled' ? file.value : null));
  return {
    shapes: { land: areasOf(land), lakes: areasOf(lakes), rivers: areasOf(rivers).flatMap(({ edges }) => edges) },
    missing: files.some(({ status }) => status === 'rejected'),
  };
}

export async function loadFile(file: string): Promise<FeatureCollection> {
  const response = await fetch(baseAddress(file));
  if (!response.ok) throw new Error(`${file}: ${response.status}`);
  return (await response.json()) as FeatureCollection;
}

function areasOf(file: FeatureCollection | null | undefined): Area[] {
  return (file?.features ?? []).map(({ geometry, properties }) => ({
    isHome: properties?.iso === HOME_ISO,
    edges: 'coordinates' in geometry ? linesOf(geometry.coordinates).map(pathOf) : [],
  }));
}

/** The lines in coordinates of whatever depth. */
function linesOf(coordinates: unknown): Position[][] {
  if (!Array.isArray(coordinates) || !Array.isArray(coordinates[0])) return [];
  return typeof coordinates[0][0] === 'number' ? [coordinates as Position[]] : coordinates.flatMap(linesOf);
}

export function pathOf(line: readonly Position[]): Path {
  const points = new Float32Array(line.length * 2);
  line.forEach((at, i) => {
    const { x, y } = spotOf(at);
    points[2 * i] = x;
    points[2 * i + 1] = y;
  });
  return { points, ...boundsOf(points) };
}

function boundsOf(points: Float32Array): Omit<Path, 'points'> {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < points.length; i += 2) {
    const [x, y] = [points[i] as number, points[i + 1] as number];
    if (x < left) left = x;
    if (x > right) right = x;
    if (y < top) top = y;
    if (y > bottom) bottom = y;
  }
  return { left, top, right, bottom };
}

function thinned({ land, lakes, rivers }: Shapes, step: number): Shapes {
  const thinArea = ({ isHome, edges }: Area) => ({ isHome, edges: edges.map((edge) => thin(edge, step)) });
  return { land: land.map(thinArea), lakes: lakes.map(thinArea), rivers: rivers.map((river) => thin(river, step)) };
}

/** Keeps the ends; its bounds stay those of the whole. */
export function thin(path: Path, step: number): Path {
  const { points } = path;
  const kept = new Float32Array(points.length);
  let length = 0;
  for (let i = 0; i < points.length; i += 2) {
    const [x, y] = [points[i] as number, points[i + 1] as number];
    const isEnd = i === 0 || i === points.length - 2;
    if (!isEnd && Math.abs(x - (kept[length - 2] as number)) < step && Math.abs(y - (kept[length - 1] as number)) < step) continue;
    kept[length++] = x;
    kept[length++] = y;
  }
  return { ...path, points: kept.slice(0, length) };
}
