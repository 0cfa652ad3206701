import type { Mark } from '../cases/drill';
import type { Freshness } from '../cases/position';

export interface Icon {
  name: string;
  image: HTMLCanvasElement;
}

/** Width and height, before it is made larger or smaller. */
export const ICON_PX = 30;

const MARKS: readonly Mark[] = ['p1', 'p2', 'p3', 'drill'];
/** Only these are told before they are in a case. */
const PROVISIONAL_MARKS = ['p1', 'drill'] as const;
const FRESHNESSES: readonly Freshness[] = ['fresh', 'aging', 'old'];
const COLOURS: Record<Mark, string> = { p1: '#e5484d', p2: '#f5a524', p3: '#7aa2c8', drill: '#a78bfa' };
const OLD_COLOUR = '#aab4bf';
const INSIDE = '#0d131a';
const PROVISIONAL_COLOUR = '#ffc46b';
const PROVISIONAL_OUTLINES = { p1: 'M15 1.2 28.6 26.2H1.4z', drill: 'M2 2h26v26H2z' };
/** A drill is crossed out: its square alone might be taken for one more priority. */
const DRILL_STROKE = 'M7 23 23 7';

/**
 * The marks of the map: form by priority, drills a square crossed out; solid while fresh, hollow for some minutes, then grey and
 * dashed. `ratio`: pixels of an image for each of `ICON_PX`.
 */
export function drawIcons(ratio: number): Icon[] {
  const recorded = MARKS.flatMap((mark) =>
    FRESHNESSES.map((freshness) => ({ name: `${mark}-${freshness}`, image: drawIcon(mark, freshness, null, ratio) })),
  );
  const provisional = PROVISIONAL_MARKS.flatMap((mark) =>
    FRESHNESSES.map((freshness) => ({
      name: `${mark}-${freshness}-provisional`,
      image: drawIcon(mark, freshness, PROVISIONAL_OUTLINES[mark], ratio),
    })),
  );
  return [...recorded, ...provisional];
}

/** `around`: the dashes of what is in no case yet. */
function drawIcon(mark: Mark, freshness: Freshness, around: string | null, ratio: number): HTMLCanvasElement {
  const size = Math.round(ICON_PX * ratio);
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = size;
  const context = canvas.getContext('2d');
  if (!context) throw new Error('no 2d canvas');
  context.scale(size / ICON_PX, size / ICON_PX);
  const path = new Path2D(outline(mark));
  context.lineJoin = 'round';
  // A rim sets the mark off from land and sea alike.
  context.strokeStyle = INSIDE;
  context.lineWidth = 6.5;
  context.stroke(path);
  context.fillStyle = freshness === 'fresh' ? COLOURS[mark] : INSIDE;
  context.fill(path);
  context.strokeStyle = freshness === 'old' ? OLD_COLOUR : COLOURS[mark];
  context.lineWidth = 3.4;
  context.setLineDash(freshness === 'old' ? [4, 3] : []);
  context.stroke(path);
  if (mark === 'drill') drawCross(context, freshness);
  if (around) drawOuterDashes(context, around);
  return canvas;
}

function drawCross(context: CanvasRenderingContext2D, freshness: Freshness): void {
  const onHollow = freshness === 'old' ? OLD_COLOUR : COLOURS.drill;
  context.setLineDash([]);
  context.strokeStyle = freshness === 'fresh' ? INSIDE : onHollow;
  context.lineWidth = 3;
  context.stroke(new Path2D(DRILL_STROKE));
}

/** Around the mark, so that inside it still says how fresh the position is. */
function drawOuterDashes(context: CanvasRenderingContext2D, outline: string): void {
  const path = new Path2D(outline);
  context.setLineDash([]);
  context.strokeStyle = INSIDE;
  context.lineWidth = 3.4;
  context.stroke(path);
  context.setLineDash([3.6, 3]);
  context.strokeStyle = PROVISIONAL_COLOUR;
  context.lineWidth = 2;
  context.stroke(path);
}

function outline(mark: Mark): string {
  switch (mark) {
    case 'p1':
      return 'M15 5 25 23H5z';
    case 'p2':
      return 'M15 4.5 25.5 15 15 25.5 4.5 15z';
    case 'p3':
      return 'M15 24.5a9.5 9.5 0 1 0 0-19 9.5 9.5 0 0 0 0 19z';
    case 'drill':
      return 'M6.5 6.5h17v17h-17z';
  }
}
