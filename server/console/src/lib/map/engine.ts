import type { CaseId } from '@protocol';
import type { Clock } from '../time/clock';
import { destination, type LonLat } from './geodesy';
import type { MapLook } from './look';
import type { Marks } from './marks';

/** The map of the cases, whatever it is drawn with. */
export interface MapEngine {
  setLook(look: MapLook): void;
  /** `marks` is asked when they are drawn: in a flood that is seldom against how often they change. */
  setMarks(marks: () => Marks): void;
  /** Looks at a case that was chosen, and at the way it took. */
  lookAt(at: LonLat, trail: readonly LonLat[]): void;
  /** Moves only when the followed case is about to leave the middle of the map. */
  follow(at: LonLat): void;
  fit(places: readonly LonLat[]): void;
  zoomIn(): void;
  zoomOut(): void;
  remove(): void;
}

export interface MapEngineDeps {
  container: HTMLElement;
  look: MapLook;
  marks: () => Marks;
  center: LonLat;
  zoom: number;
  clock: Clock;
  onChoose: (id: CaseId) => void;
  /** The officer moved the map by hand. */
  onDragged: () => void;
  /** There is something to see; in a flood it is long until nothing moves. */
  onDrawn: () => void;
  onState: (state: MapState) => void;
}

export type MapState = 'moving' | 'idle' | 'failed';

export const ZOOM_MIN = 1;
/** Closer than this there is nothing more to see on the offline map. */
export const ZOOM_MAX = 17;
/** All cases are brought into sight no closer than this. */
export const FIT_ZOOM_MAX = 8;
/** Longest the scale may be, in pixels. */
export const SCALE_PX_MAX = 110;
/** What is shown around a case that was chosen, in metres to each side: enough to tell where that is. */
const AROUND_M = 25_000;
/** A followed case may wander this far from the middle before the map moves, as part of its width and height. */
const FOLLOW_SLACK = 0.3;

export interface Padding {
  top: number;
  right: number;
  bottom: number;
  left: number;
}

/** Leaves room for what lies over the map: the buttons on the right, the words on the position below. */
export function fitPadding(width: number, height: number): Padding {
  return { top: 60, left: Math.min(60, width / 8), right: Math.min(90, width / 6), bottom: Math.min(180, height / 3) };
}

/** All that should be in sight of a case that was chosen. */
export function sightOf(at: LonLat, trail: readonly LonLat[]): LonLat[] {
  return [...[0, 90, 180, 270].map((bearing) => destination(at, AROUND_M, bearing)), ...trail];
}

/** Whether what is drawn at `x`, `y` has left the middle of a map of this size. */
export function isOffMiddle(x: number, y: number, width: number, height: number): boolean {
  return Math.abs(x - width / 2) > width * FOLLOW_SLACK || Math.abs(y - height / 2) > height * FOLLOW_SLACK;
}
