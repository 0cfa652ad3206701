import type { Pixel } from './mercator';

/** What a word or a mark takes up, in pixels of the page. */
export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** Boxes are looked up by the squares of this width that they lie in. */
const SQUARE_PX = 128;

export function holds({ left, top, right, bottom }: Box, [x, y]: Pixel): boolean {
  return x >= left && x <= right && y >= top && y <= bottom;
}

/** Who comes first has the place: later ones that would lie across it are left out. */
export class Placing {
  readonly #squares = new Map<number, Box[]>();

  /** Takes the place if it is free. */
  take(box: Box): boolean {
    const squares = squaresOf(box).map((key) => this.#squares.get(key) ?? []);
    if (squares.some((taken) => taken.some((other) => cross(box, other)))) return false;
    this.occupy(box);
    return true;
  }

  /** Takes the place, free or not. */
  occupy(box: Box): void {
    for (const key of squaresOf(box)) {
      const square = this.#squares.get(key);
      if (square) square.push(box);
      else this.#squares.set(key, [box]);
    }
  }
}

function cross(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

/** More rows than any screen has. */
const ROWS = 2 ** 16;

function squaresOf({ left, top, right, bottom }: Box): number[] {
  const keys: number[] = [];
  for (let x = Math.floor(left / SQUARE_PX); x <= Math.floor(right / SQUARE_PX); x++) {
    for (let y = Math.floor(top / SQUARE_PX); y <= Math.floor(bottom / SQUARE_PX); y++) keys.push(x * ROWS + y);
  }
  return keys;
}
