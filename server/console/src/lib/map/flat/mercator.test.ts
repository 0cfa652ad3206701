import { describe, expect, it } from 'vitest';
import { ZOOM_MAX } from '../engine';
import { allowed, fitted, nearest, panned, pixelOf, placeOf, spotAt, spotOf, worldPx, zoomedAt, type Camera } from './mercator';

const SIZE = { width: 800, height: 600 };
const camera: Camera = { ...spotOf([121.5, 25]), zoom: 6 };

describe('the projection', () => {
  it.each([
    [[0, 0], [0.5, 0.5]],
    [[180, 85.051129], [1, 0]],
    [[-180, -85.051129], [0, 1]],
    // By the other way to write it: asinh(tan(latitude)).
    [[105.85, 21.03], [0.794028, 0.440226]],
  ])('puts %s at %s', (place, [x, y]) => {
    expect(spotOf(place).x).toBeCloseTo(x ?? NaN, 5);
    expect(spotOf(place).y).toBeCloseTo(y ?? NaN, 5);
  });

  it('finds the place again', () => {
    const [lon, lat] = placeOf(spotOf([-77.03, -12.04]));
    expect(lon).toBeCloseTo(-77.03, 9);
    expect(lat).toBeCloseTo(-12.04, 9);
  });

  it('has a world as wide as MapLibre has at the same zoom', () => {
    expect(worldPx(0)).toBe(512);
    expect(worldPx(3)).toBe(4096);
  });

  it('keeps what lies at the poles on the map', () => {
    expect(spotOf([0, -90]).y).toBeCloseTo(1, 6);
  });
});

describe('the camera', () => {
  it('has its place in the middle', () => {
    expect(pixelOf(camera, camera, SIZE)).toEqual([400, 300]);
    const spot = spotAt([13, 500], camera, SIZE);
    expect(pixelOf(spot, camera, SIZE)[0]).toBeCloseTo(13, 6);
    expect(pixelOf(spot, camera, SIZE)[1]).toBeCloseTo(500, 6);
  });

  it('takes the map along with the hand', () => {
    const [x, y] = pixelOf(camera, panned(camera, 30, -20), SIZE);
    expect([x, y]).toEqual([expect.closeTo(430, 6), expect.closeTo(280, 6)]);
  });

  it('leaves what lies under the pointer there when it zooms', () => {
    const under = spotAt([100, 80], camera, SIZE);
    const [x, y] = pixelOf(under, zoomedAt(camera, 8.4, [100, 80], SIZE), SIZE);
    expect([x, y]).toEqual([expect.closeTo(100, 6), expect.closeTo(80, 6)]);
  });

  it('looks at the copy of a place that is nearest, across the 180th meridian', () => {
    const fiji = { ...spotOf([179.5, -17]), zoom: 5 };
    const samoa = spotOf([-172, -13.8]);
    const [x] = pixelOf({ ...samoa, x: nearest(samoa.x, fiji.x) }, fiji, SIZE);
    expect(x).toBeCloseTo(400 + (8.5 / 360) * worldPx(5), 3);
  });

  it('goes neither beyond the poles nor too close, and round the world', () => {
    expect(allowed({ x: 1.25, y: 0, zoom: 30 }, SIZE)).toEqual({ x: 0.25, y: 300 / worldPx(ZOOM_MAX), zoom: ZOOM_MAX });
    // The world is at least as high as the map.
    expect(allowed({ x: 0, y: 0.9, zoom: 0 }, { width: 800, height: 2048 })).toEqual({ x: 0, y: 0.5, zoom: 2 });
  });
});

describe('what is fitted into sight', () => {
  const padding = { top: 60, right: 90, bottom: 150, left: 30 };
  const places: [number, number][] = [
    [119, 22],
    [123, 26],
  ];

  it('is all there, clear of what lies over the map, and as large as it can be', () => {
    const fit = fitted(places, SIZE, padding, ZOOM_MAX);
    const pixels = places.map((place) => pixelOf(spotOf(place), fit, SIZE));
    for (const [x, y] of pixels) {
      expect(x).toBeGreaterThanOrEqual(30 - 1e-6);
      expect(x).toBeLessThanOrEqual(710 + 1e-6);
      expect(y).toBeGreaterThanOrEqual(60 - 1e-6);
      expect(y).toBeLessThanOrEqual(450 + 1e-6);
    }
    expect(pixels[0]?.[1]).toBeCloseTo(450, 6);
    expect(pixels[1]?.[1]).toBeCloseTo(60, 6);
  });

  it('is clear at the sides too, where it is wide', () => {
    const wide: [number, number][] = [
      [100, 22],
      [140, 23],
    ];
    const fit = fitted(wide, SIZE, padding, ZOOM_MAX);
    expect(wide.map((place) => pixelOf(spotOf(place), fit, SIZE)[0])).toEqual([expect.closeTo(30, 6), expect.closeTo(710, 6)]);
  });

  it('is looked at no closer than allowed', () => {
    expect(fitted([[121, 25]], SIZE, padding, 8).zoom).toBe(8);
  });
});
