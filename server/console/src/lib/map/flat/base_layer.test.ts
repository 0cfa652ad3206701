import { beforeEach, describe, expect, it } from 'vitest';
import type { Artist, Picture } from './artist';
import type { BaseFrame } from './base_drawing';
import { BaseLayer, type Sight } from './base_layer';
import { panned, spotOf } from './mercator';

const sight: Sight = { camera: { ...spotOf([121, 25]), zoom: 6 }, size: { width: 800, height: 600 }, ratio: 1, theme: 'dark' };
const from = (zoom: number): Sight => ({ ...sight, camera: { ...sight.camera, zoom } });
const moved = (dx: number): Sight => ({ ...sight, camera: panned(sight.camera, dx, 0) });

let asked: { frame: BaseFrame; done: (picture: Picture) => void }[];
let open: Set<BaseFrame>;
let layer: BaseLayer;
beforeEach(() => {
  asked = [];
  open = new Set();
  const artist: Artist = { draw: (frame) => new Promise((done) => asked.push({ frame, done })), remove: () => {} };
  layer = new BaseLayer(artist, () => {});
});

/** The artist is done with what it was asked for last. */
async function draw(): Promise<void> {
  const { frame, done } = asked.at(-1) ?? { done: () => {} };
  if (!frame) throw new Error('nothing was asked for');
  open.add(frame);
  done({ frame, image: {} as CanvasImageSource, missing: false, close: () => open.delete(frame) });
  await Promise.resolve();
  await Promise.resolve();
}
const zooms = () => asked.map(({ frame }) => frame.camera.zoom);

describe('the base map', () => {
  it('is drawn where one looks by the end, not where one passed', async () => {
    layer.look(from(6));
    layer.look(from(7));
    layer.look(from(8));
    expect(zooms()).toEqual([6]);
    await draw();
    expect(zooms()).toEqual([6, 8]);
    expect(layer.isComplete(from(8))).toBe(false);
    await draw();
    expect(layer.isComplete(from(8))).toBe(true);
  });

  it('keeps one picture, and one of the whole world', async () => {
    layer.look(from(6));
    await draw();
    expect(zooms()).toEqual([6, 1]);
    await draw();
    for (const zoom of [7, 8, 9]) {
      layer.look(from(zoom));
      await draw();
    }
    expect([...open].map(({ camera }) => camera.zoom)).toEqual([1, 9]);
    layer.remove();
    expect(open.size).toBe(0);
  });

  it('is drawn anew when its margin is half used up, and before it ends', async () => {
    layer.look(sight);
    await draw();
    await draw();
    layer.look(moved(90));
    expect(asked).toHaveLength(2);
    expect(layer.isComplete(moved(190))).toBe(true);
    layer.look(moved(110));
    expect(asked).toHaveLength(3);
    expect(layer.isComplete(moved(210))).toBe(false);
  });

  it('is drawn anew in other colours', async () => {
    layer.look(sight);
    await draw();
    await draw();
    layer.look({ ...sight, theme: 'light' });
    expect(asked.at(-1)?.frame.theme).toBe('light');
    expect(layer.isComplete({ ...sight, theme: 'light' })).toBe(false);
  });

  it('is no larger than the memory it may take', () => {
    layer.look({ ...sight, size: { width: 3840, height: 2160 }, ratio: 2 });
    const { size, ratio } = asked[0]?.frame ?? { size: { width: 0, height: 0 }, ratio: 0 };
    expect(size.width * size.height * ratio * ratio).toBeLessThan(8_000_001);
  });
});
