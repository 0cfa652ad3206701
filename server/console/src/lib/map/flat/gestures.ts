import type { Pixel } from './mercator';

/** What a person does to the map, with a mouse, fingers or keys. */
export interface GestureDeps {
  element: HTMLElement;
  /** Whether the wheel is for the map: on a page that is scrolled it is not. */
  wheel: boolean;
  onPan: (dx: number, dy: number) => void;
  /** By so much, around `at`; without it, around the middle. */
  onZoom: (by: number, at?: Pixel) => void;
  onTap: (at: Pixel) => void;
  /** Over what the pointer is; `null`: it has left, or holds the map. */
  onHover: (at: Pixel | null) => void;
  /** The map was moved by hand, by a drag or the keys. */
  onDragged: () => void;
}

/** A pointer that moves less than this while it is down is a tap, in pixels; fingers tremble more. */
const TAP_PX_MAX = { mouse: 3, touch: 10 };
const KEY_PAN_PX = 100;
/** A whole notch of a wheel is a little zoom, as on MapLibre's map; a pad that is pinched tells less at a time. */
const WHEEL_PX_PER_ZOOM = 450;
const PAD_PX_PER_ZOOM = 100;
const WHEEL_LINE_PX = 40;
const POINTERS_MAX = 2;

const ARROWS: Record<string, [x: number, y: number]> = {
  ArrowLeft: [1, 0],
  ArrowRight: [-1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
};
const ZOOM_KEYS: Record<string, number> = { '+': 1, '=': 1, '-': -1, _: -1 };

export class Gestures {
  readonly #deps: GestureDeps;
  readonly #abort = new AbortController();
  /** Pointers that are down, where they were last. */
  readonly #down = new Map<number, Pixel>();
  /** Where the first went down, until it has moved too far for a tap. */
  #tap: Pixel | null = null;

  constructor(deps: GestureDeps) {
    this.#deps = deps;
    const { element } = deps;
    const { signal } = this.#abort;
    element.addEventListener('pointerdown', (event) => this.#press(event), { signal });
    element.addEventListener('pointermove', (event) => this.#move(event), { signal });
    element.addEventListener('pointerup', (event) => this.#lift(event, true), { signal });
    element.addEventListener('pointercancel', (event) => this.#lift(event, false), { signal });
    element.addEventListener('pointerleave', () => deps.onHover(null), { signal });
    element.addEventListener('dblclick', (event) => deps.onZoom(event.shiftKey ? -1 : 1, this.#at(event)), { signal });
    element.addEventListener('keydown', (event) => this.#key(event), { signal });
    if (deps.wheel) element.addEventListener('wheel', (event) => this.#wheel(event), { signal, passive: false });
  }

  remove(): void {
    this.#abort.abort();
  }

  #press(event: PointerEvent): void {
    if (event.button !== 0 || this.#down.size >= POINTERS_MAX) return;
    // Beyond the edge of the map it still goes on.
    this.#deps.element.setPointerCapture?.(event.pointerId);
    const at = this.#at(event);
    this.#tap = this.#down.size === 0 ? at : null;
    this.#down.set(event.pointerId, at);
  }

  #move(event: PointerEvent): void {
    const at = this.#at(event);
    const last = this.#down.get(event.pointerId);
    if (!last) return this.#deps.onHover(at);
    if (this.#tap) {
      const max = event.pointerType === 'mouse' ? TAP_PX_MAX.mouse : TAP_PX_MAX.touch;
      if (distance(this.#tap, at) <= max) return;
      this.#tap = null;
      this.#deps.onHover(null);
      this.#deps.onDragged();
    }
    const other = [...this.#down].find(([id]) => id !== event.pointerId)?.[1];
    this.#down.set(event.pointerId, at);
    if (other) this.#pinch(last, at, other);
    else this.#deps.onPan(at[0] - last[0], at[1] - last[1]);
  }

  #pinch(last: Pixel, at: Pixel, other: Pixel): void {
    this.#deps.onPan((at[0] - last[0]) / 2, (at[1] - last[1]) / 2);
    const by = Math.log2(Math.max(1, distance(at, other)) / Math.max(1, distance(last, other)));
    this.#deps.onZoom(by, [(at[0] + other[0]) / 2, (at[1] + other[1]) / 2]);
  }

  #lift(event: PointerEvent, isMeant: boolean): void {
    if (!this.#down.delete(event.pointerId)) return;
    const tap = this.#tap;
    this.#tap = null;
    if (tap && isMeant) this.#deps.onTap(this.#at(event));
  }

  #wheel(event: WheelEvent): void {
    event.preventDefault();
    const px = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? event.deltaY * WHEEL_LINE_PX : event.deltaY;
    const turn = Math.abs(px) / (event.ctrlKey ? PAD_PX_PER_ZOOM : WHEEL_PX_PER_ZOOM);
    // However fast it is turned, once is not more than one zoom.
    this.#deps.onZoom(-Math.sign(px) * Math.log2(2 / (1 + Math.exp(-turn))), this.#at(event));
  }

  #key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const arrow = ARROWS[event.key];
    const zoom = ZOOM_KEYS[event.key];
    if (arrow) {
      this.#deps.onDragged();
      this.#deps.onPan(arrow[0] * KEY_PAN_PX, arrow[1] * KEY_PAN_PX);
    } else if (zoom !== undefined) this.#deps.onZoom(zoom);
    else return;
    // They are meant for the map alone, not for the list beside it.
    event.preventDefault();
    event.stopPropagation();
  }

  #at(event: MouseEvent): Pixel {
    const { left, top } = this.#deps.element.getBoundingClientRect();
    return [event.clientX - left, event.clientY - top];
  }
}

function distance([x1, y1]: Pixel, [x2, y2]: Pixel): number {
  return Math.hypot(x2 - x1, y2 - y1);
}
