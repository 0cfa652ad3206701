// Makes a photo small enough for 2G. It is drawn anew, so that nothing of what the camera wrote beside it (EXIF) remains.

/** What a photo is brought under, in bytes: about a minute on 2G. */
export const PHOTO_GOAL_BYTES = 300 * 1024;
/** Longest side in pixels, and JPEG quality: one after the other until it fits. The last is taken as it comes. */
const ATTEMPTS: readonly (readonly [number, number])[] = [
  [1280, 0.7],
  [1280, 0.55],
  [1280, 0.4],
  [960, 0.5],
  [640, 0.5],
  [480, 0.4],
];

/** This browser cannot read it as a picture. */
export class UnreadablePhoto extends Error {
  override readonly name = 'UnreadablePhoto';
}

/** A picture that was read, the right way up. */
export interface Picture {
  width: number;
  height: number;
  /** Null where the browser cannot. */
  jpeg(width: number, height: number, quality: number): Promise<Blob | null>;
  close(): void;
}

/** The photo as a small JPEG; fails with `UnreadablePhoto`. */
export async function smallPhoto(file: Blob, read: (file: Blob) => Promise<Picture> = readPicture): Promise<Blob> {
  const picture = await read(file).catch((cause: unknown) => {
    throw new UnreadablePhoto('no picture', { cause });
  });
  try {
    let made: Blob | null = null;
    for (const [side, quality] of ATTEMPTS) {
      const scale = Math.min(1, side / Math.max(picture.width, picture.height));
      const [width, height] = [picture.width, picture.height].map((length) => Math.max(1, Math.round(length * scale)));
      made = await picture.jpeg(width ?? 1, height ?? 1, quality);
      if (made === null || made.type !== 'image/jpeg') throw new UnreadablePhoto('no JPEG');
      if (made.size < PHOTO_GOAL_BYTES) break;
    }
    return made as Blob;
  } finally {
    picture.close();
  }
}

async function readPicture(file: Blob): Promise<Picture> {
  const bitmap = await upright(file);
  return {
    width: bitmap.width,
    height: bitmap.height,
    jpeg: (width, height, quality) => {
      const canvas = document.createElement('canvas');
      canvas.width = width;
      canvas.height = height;
      const pen = canvas.getContext('2d');
      if (!pen) return Promise.resolve(null);
      // What was see-through would be black.
      pen.fillStyle = '#ffffff';
      pen.fillRect(0, 0, width, height);
      pen.imageSmoothingQuality = 'high';
      pen.drawImage(bitmap, 0, 0, width, height);
      return new Promise((done) => canvas.toBlob(done, 'image/jpeg', quality));
    },
    close: () => bitmap.close(),
  };
}

/** Turned as the camera was held. Browsers that do not know the option refuse it, and turn the picture by themselves. */
function upright(file: Blob): Promise<ImageBitmap> {
  return createImageBitmap(file, { imageOrientation: 'from-image' }).catch((error: unknown) => {
    if (error instanceof TypeError) return createImageBitmap(file);
    throw error;
  });
}
