import type { Page } from 'playwright-core';
import type { Spot } from '../service/phone';

/** What the console shows around a case that was chosen, from one side to the other; and what it leaves free for what lies over it. */
const ACROSS_KM = 50;
const PADDING = { top: 60, right: 90, bottom: 180, left: 60 };
const KM_PER_DEGREE = 111.195;

export function eastOf({ lat, lon }: Spot, km: number): Spot {
  return { lat, lon: lon + km / (KM_PER_DEGREE * Math.cos((lat * Math.PI) / 180)) };
}

/** Where on the page a place is drawn that lies so far to the east of the case that was chosen last. */
export async function onMap(page: Page, east_km: number): Promise<[x: number, y: number]> {
  const box = await page.getByTestId('map').boundingBox();
  if (!box) throw new Error('no map');
  const room = { width: box.width - PADDING.left - PADDING.right, height: box.height - PADDING.top - PADDING.bottom };
  const px_per_km = Math.min(room.width, room.height) / ACROSS_KM;
  return [box.x + PADDING.left + room.width / 2 + east_km * px_per_km, box.y + PADDING.top + room.height / 2];
}
