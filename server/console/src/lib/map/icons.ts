import type { Priority } from '@protocol';
import type { Freshness } from '../cases/position';

export interface Icon {
  name: string;
  data: ImageData;
}

/** Sharp on screens of twice the density. */
export const ICON_PIXEL_RATIO = 2;
const SIZE_PX = 30;

const PRIORITIES: readonly Priority[] = ['p1', 'p2', 'p3'];
const FRESHNESSES: readonly Freshness[] = ['fresh', 'aging', 'old'];
const COLOURS: Record<Priority, string> = { p1: '#e5484d', p2: '#f5a524', p3: '#7aa2c8' };
const OLD_COLOUR = '#aab4bf';
const INSIDE = '#0d131a';
const PROVISIONAL_COLOUR = '#ffc46b';
const PROVISIONAL_OUTLINE = 'M15 1.2 28.6 26.2H1.4z';

/** The marks of the map: form by priority; solid while fresh, hollow for some minutes, then grey and dashed. */
export function drawIcons(): Icon[] {
  const recorded = PRIORITIES.flatMap((priority) =>
    FRESHNESSES.map((freshness) => ({ name: `${priority}-${freshness}`, data: drawIcon(priority, freshness, false) })),
  );
  const provisional = FRESHNESSES.map((freshness) => ({
    name: `p1-${freshness}-provisional`,
    data: drawIcon('p1', freshness, true),
  }));
  return [...recorded, ...provisional];
}

function drawIcon(priority: Priority, freshness: Freshness, provisional: boolean): ImageData {
  const size = SIZE_PX * ICON_PIXEL_RATIO;
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = size;
  const context = canvas.getContext('2d');
  if (!context) throw new Error('no 2d canvas');
  context.scale(ICON_PIXEL_RATIO, ICON_PIXEL_RATIO);
  const path = new Path2D(outline(priority));
  context.lineJoin = 'round';
  // A rim sets the mark off from land and sea alike.
  context.strokeStyle = INSIDE;
  context.lineWidth = 6.5;
  context.stroke(path);
  context.fillStyle = freshness === 'fresh' ? COLOURS[priority] : INSIDE;
  context.fill(path);
  context.strokeStyle = freshness === 'old' ? OLD_COLOUR : COLOURS[priority];
  context.lineWidth = 3.4;
  context.setLineDash(freshness === 'old' ? [4, 3] : []);
  context.stroke(path);
  if (provisional) drawOuterDashes(context);
  return context.getImageData(0, 0, size, size);
}

/** Around the mark, so that inside it still says how fresh the position is. */
function drawOuterDashes(context: CanvasRenderingContext2D): void {
  const path = new Path2D(PROVISIONAL_OUTLINE);
  context.setLineDash([]);
  context.strokeStyle = INSIDE;
  context.lineWidth = 3.4;
  context.stroke(path);
  context.setLineDash([3.6, 3]);
  context.strokeStyle = PROVISIONAL_COLOUR;
  context.lineWidth = 2;
  context.stroke(path);
}

function outline(priority: Priority): string {
  switch (priority) {
    case 'p1':
      return 'M15 5 25 23H5z';
    case 'p2':
      return 'M15 4.5 25.5 15 15 25.5 4.5 15z';
    case 'p3':
      return 'M15 24.5a9.5 9.5 0 1 0 0-19 9.5 9.5 0 0 0 0 19z';
  }
}
