import { SCALE_PX_MAX } from '../engine';
import { distanceM } from '../geodesy';
import { placeOf, worldPx, type Camera } from './mercator';

/** A length on the map, in the middle of it. */
export interface Scale {
  width_px: number;
  text: string;
}

/** The longest round length that is not too long. */
export function scaleOf(camera: Camera): Scale {
  const half = SCALE_PX_MAX / 2 / worldPx(camera.zoom);
  const max_m = distanceM(placeOf({ x: 0.5 - half, y: camera.y }), placeOf({ x: 0.5 + half, y: camera.y }));
  const inKm = max_m >= 1000;
  const max = inKm ? max_m / 1000 : max_m;
  const length = rounded(max);
  return { width_px: (SCALE_PX_MAX * length) / max, text: `${length} ${inKm ? 'km' : 'm'}` };
}

/** 1, 2, 3 or 5, and as many zeros as there can be. */
function rounded(max: number): number {
  const zeros = 10 ** Math.floor(Math.log10(max));
  const first = [5, 3, 2].find((digit) => max >= digit * zeros) ?? 1;
  return first * zeros;
}
