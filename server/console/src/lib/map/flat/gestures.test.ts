// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Gestures } from './gestures';

let element: HTMLElement;
let gestures: Gestures;
const told = { onPan: vi.fn(), onZoom: vi.fn(), onTap: vi.fn(), onHover: vi.fn(), onDragged: vi.fn() };
beforeEach(() => {
  for (const one of Object.values(told)) one.mockClear();
  element = document.createElement('canvas');
  element.setPointerCapture = () => {};
  gestures = new Gestures({ element, wheel: true, ...told });
});
afterEach(() => gestures.remove());

function pointer(type: string, x: number, y: number, more: PointerEventInit = {}): void {
  element.dispatchEvent(new PointerEvent(type, { clientX: x, clientY: y, pointerId: 1, button: 0, pointerType: 'mouse', ...more }));
}

it('tells a tap from a drag', () => {
  pointer('pointerdown', 10, 10);
  pointer('pointermove', 12, 11);
  pointer('pointerup', 12, 11);
  expect(told.onTap).toHaveBeenCalledExactlyOnceWith([12, 11]);
  expect(told.onPan).not.toHaveBeenCalled();

  pointer('pointerdown', 10, 10);
  pointer('pointermove', 40, 10);
  pointer('pointermove', 45, 17);
  pointer('pointerup', 45, 17);
  expect(told.onTap).toHaveBeenCalledTimes(1);
  expect(told.onDragged).toHaveBeenCalledTimes(1);
  expect(told.onPan.mock.calls).toEqual([[30, 0], [5, 7]]);
});

it('lets fingers tremble', () => {
  pointer('pointerdown', 10, 10, { pointerType: 'touch' });
  pointer('pointermove', 16, 15, { pointerType: 'touch' });
  pointer('pointerup', 16, 15, { pointerType: 'touch' });
  expect(told.onTap).toHaveBeenCalledTimes(1);
});

it('zooms with two fingers around their middle', () => {
  pointer('pointerdown', 100, 100, { pointerId: 1 });
  pointer('pointerdown', 200, 100, { pointerId: 2 });
  pointer('pointermove', 300, 100, { pointerId: 2 });
  expect(told.onZoom).toHaveBeenCalledExactlyOnceWith(1, [200, 100]);
  expect(told.onPan).toHaveBeenCalledExactlyOnceWith(50, 0);
  pointer('pointerup', 300, 100, { pointerId: 2 });
  pointer('pointerup', 100, 100, { pointerId: 1 });
  expect(told.onTap).not.toHaveBeenCalled();
});

it('takes two fingers for no tap, also where they lie still', () => {
  for (const pointerId of [1, 2]) pointer('pointerdown', 100 * pointerId, 100, { pointerId });
  for (const pointerId of [2, 1]) pointer('pointerup', 100 * pointerId, 100, { pointerId });
  expect(told.onTap).not.toHaveBeenCalled();
});

it('zooms at the pointer with the wheel, and never by more than one at once', () => {
  // The wheel of happy-dom is nowhere.
  const turn = (deltaY: number) => element.dispatchEvent(Object.assign(new WheelEvent('wheel', { deltaY }), { clientX: 30, clientY: 40 }));
  turn(-100);
  turn(1e6);
  const [[closer, at], [off]] = told.onZoom.mock.calls as [[number, unknown], [number]];
  expect(closer).toBeGreaterThan(0.1);
  expect(at).toEqual([30, 40]);
  expect(off).toBe(-1);
});

it('takes the keys that are its own, and leaves the others', () => {
  const press = (key: string, more: KeyboardEventInit = {}) => {
    const event = new KeyboardEvent('keydown', { key, cancelable: true, ...more });
    element.dispatchEvent(event);
    return event.defaultPrevented;
  };
  expect([press('ArrowRight'), press('+'), press('-')]).toEqual([true, true, true]);
  expect(told.onPan).toHaveBeenCalledExactlyOnceWith(-100, 0);
  expect(told.onZoom.mock.calls).toEqual([[1], [-1]]);
  expect(told.onDragged).toHaveBeenCalledTimes(1);
  expect([press('j'), press('Tab'), press('+', { ctrlKey: true })]).toEqual([false, false, false]);
});

it('says over what the pointer is while nothing is held', () => {
  pointer('pointermove', 5, 6);
  pointer('pointerleave', 5, 6);
  expect(told.onHover.mock.calls).toEqual([[[5, 6]], [null]]);
});
