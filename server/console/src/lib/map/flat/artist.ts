import type { Clock } from '../../time/clock';
import { drawBase, type BaseFrame } from './base_drawing';
import type { BasePicture } from './base_worker';
import { loadShapes, ShapeStore } from './shapes';

/** A picture that was drawn; `close` gives its memory back. */
export interface Picture {
  frame: BaseFrame;
  image: CanvasImageSource;
  /** Some of the base map could not be loaded. */
  missing: boolean;
  close(): void;
}

/** Draws pictures of the base map, one at a time. */
export interface Artist {
  draw(frame: BaseFrame): Promise<Picture>;
  remove(): void;
}

/** Beside the page where the browser can, on the page where it cannot. */
export function artist(clock: Clock): Artist {
  try {
    if (canDrawBeside()) return new ArtistBeside(clock);
  } catch {
    // Workers may be forbidden.
  }
  return new ArtistHere(clock);
}

function canDrawBeside(): boolean {
  return (
    typeof Worker !== 'undefined' && typeof OffscreenCanvas !== 'undefined' && new OffscreenCanvas(1, 1).getContext('2d') !== null
  );
}

class ArtistBeside implements Artist {
  readonly #worker = new Worker(new URL('./base_worker.ts', import.meta.url), { type: 'module' });
  readonly #clock: Clock;
  /** Once the worker is found to be broken. */
  #here: ArtistHere | null = null;
  #fail: (() => void) | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#worker.onerror = () => this.#giveUp();
    this.#worker.onmessageerror = () => this.#giveUp();
  }

  draw(frame: BaseFrame): Promise<Picture> {
    if (this.#here) return this.#here.draw(frame);
    return new Promise((done) => {
      this.#fail = () => done((this.#here as ArtistHere).draw(frame));
      this.#worker.onmessage = ({ data }: MessageEvent<BasePicture | null>) => {
        if (!data) return this.#giveUp();
        this.#fail = null;
        done({ frame, ...data, close: () => data.image.close() });
      };
      this.#worker.postMessage(frame);
    });
  }

  remove(): void {
    this.#worker.terminate();
    this.#here?.remove();
  }

  #giveUp(): void {
    this.#worker.terminate();
    this.#here ??= new ArtistHere(this.#clock);
    this.#fail?.();
    this.#fail = null;
  }
}

/** So long may a slice of the drawing keep the page from answering, in milliseconds. */
const SLICE_MS_MAX = 8;

class ArtistHere implements Artist {
  readonly #clock: Clock;
  readonly #loaded = loadShapes().then(({ shapes, missing }) => ({ store: new ShapeStore(shapes), missing }));
  #removed = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async draw(frame: BaseFrame): Promise<Picture> {
    const { store, missing } = await this.#loaded;
    const image = document.createElement('canvas');
    image.width = Math.round(frame.size.width * frame.ratio);
    image.height = Math.round(frame.size.height * frame.ratio);
    const context = image.getContext('2d', { alpha: false });
    if (!context) throw new Error('no 2d canvas');
    await this.#inSlices(drawBase(context, frame, store.at(frame.camera.zoom)));
    return { frame, image, missing, close: () => (image.width = image.height = 0) };
  }

  remove(): void {
    this.#removed = true;
  }

  async #inSlices(steps: Generator<void>): Promise<void> {
    let from = this.#clock.now();
    while (!this.#removed && !steps.next().done) {
      if (this.#clock.now() - from < SLICE_MS_MAX) continue;
      await new Promise<void>((go) => this.#clock.after(0, go));
      from = this.#clock.now();
    }
  }
}
