import { expect, it } from 'vitest';
import { PHOTO_GOAL_BYTES, smallPhoto, UnreadablePhoto, type Picture } from './photo';

/** A picture of which each pixel takes so many bytes at full quality. */
function picture(width: number, height: number, bytes_per_pixel: number, type = 'image/jpeg') {
  const made: [number, number, number][] = [];
  let closed = 0;
  const read = (): Promise<Picture> =>
    Promise.resolve({
      width,
      height,
      jpeg: (w, h, quality) => {
        made.push([w, h, quality]);
        return Promise.resolve(new Blob([new Uint8Array(Math.round(w * h * bytes_per_pixel * quality))], { type }));
      },
      close: () => void closed++,
    });
  return { made, read, closed: () => closed };
}

it('brings the longest side to 1280 pixels, keeping the shape', async () => {
  const wide = picture(4000, 3000, 0.2);
  expect((await smallPhoto(new Blob(), wide.read)).type).toBe('image/jpeg');
  const tall = picture(1000, 4000, 0.2);
  await smallPhoto(new Blob(), tall.read);
  expect([wide.made, tall.made, wide.closed()]).toEqual([[[1280, 960, 0.7]], [[320, 1280, 0.7]], 1]);
});

it('never makes a small one larger', async () => {
  const small = picture(300, 200, 1);
  await smallPhoto(new Blob(), small.read);
  expect(small.made).toEqual([[300, 200, 0.7]]);
});

it('goes on until it is small enough, and takes the last as it comes', async () => {
  const rich = picture(4000, 3000, 0.5);
  const made = await smallPhoto(new Blob(), rich.read);
  expect([rich.made.length, made.size < PHOTO_GOAL_BYTES]).toEqual([3, true]);
  const noise = picture(4000, 4000, 100);
  expect((await smallPhoto(new Blob(), noise.read)).size).toBeGreaterThan(PHOTO_GOAL_BYTES);
  expect(noise.made.at(-1)).toEqual([480, 480, 0.4]);
});

it('says so where the browser can neither read nor make it', async () => {
  await expect(smallPhoto(new Blob(), () => Promise.reject(new Error('HEIC')))).rejects.toBeInstanceOf(UnreadablePhoto);
  const png = picture(10, 10, 1, 'image/png');
  await expect(smallPhoto(new Blob(), png.read)).rejects.toBeInstanceOf(UnreadablePhoto);
  expect(png.closed()).toBe(1);
});
