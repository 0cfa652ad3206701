import type { DeskId } from '@protocol';
import type { Clock } from '../time/clock';
import type { MapState } from '../map/engine';
import type { LonLat } from '../map/geodesy';
import type { MapLook, MapTheme } from '../map/look';
import { boundsOf, inSight, type DeskMarks } from './desk_marks';

/** The map of the desks, whatever it is drawn with. */
export interface DeskEngine {
  setLook(look: MapLook): void;
  setMarks(marks: DeskMarks): void;
  /** Brings what matters into sight. */
  look(): void;
  zoomIn(): void;
  zoomOut(): void;
  remove(): void;
}

export interface DeskEngineDeps {
  container: HTMLElement;
  look: MapLook;
  marks: DeskMarks;
  clock: Clock;
  /** A place on the map was clicked, and no post. */
  onPlace: (at: LonLat) => void;
  onChoose: (id: DeskId) => void;
  onState: (state: MapState) => void;
}

export const DESK_INK: Record<MapTheme, { fill: string; halo: string; text: string }> = {
  dark: { fill: '#5fb2ff', halo: '#10171e', text: '#e9eff6' },
  light: { fill: '#0b5cad', halo: '#ffffff', text: '#111922' },
};
/** In pixels; the offset of a name in its own size. */
export const POST = { radius: 6, chosen: 9, rim: 2 };
export const POST_NAME = { text: 13, offset: 1, halo_px: 1.4 };
export const DISTRICT = { opacity: 0.22, edge: 2 };

/** So much of the neighbourhood is seen around a post, in degrees. */
const MARGIN_DEG = 2.5;
const WORLD: LonLat[] = [
  [-20, -30],
  [150, 60],
];

/** South-west and north-east corner of what is looked at. */
export function sightOf(marks: DeskMarks): [LonLat, LonLat] {
  const places = inSight(marks);
  return boundsOf(places.length > 0 ? places : WORLD, MARGIN_DEG);
}
