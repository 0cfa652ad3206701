// Draws the base map beside the page: its shapes are eight megabytes, and a picture of them takes longer than a frame.
import { drawBase, type BaseFrame } from './base_drawing';
import { loadShapes, ShapeStore } from './shapes';

/** `missing`: some of the base map could not be loaded. */
export interface BasePicture {
  image: ImageBitmap;
  missing: boolean;
}

interface Scope {
  onmessage: ((event: MessageEvent<BaseFrame>) => void) | null;
  /** `null`: there will be no picture. */
  postMessage(message: BasePicture | null, transfer: Transferable[]): void;
}

const scope = globalThis as unknown as Scope;
const loaded = loadShapes().then(({ shapes, missing }) => ({ store: new ShapeStore(shapes), missing }));

scope.onmessage = ({ data }) => void draw(data).catch(() => scope.postMessage(null, []));

async function draw(frame: BaseFrame): Promise<void> {
  const { store, missing } = await loaded;
  const canvas = new OffscreenCanvas(Math.round(frame.size.width * frame.ratio), Math.round(frame.size.height * frame.ratio));
  const context = canvas.getContext('2d', { alpha: false });
  if (!context) throw new Error('no 2d canvas');
  for (const _ of drawBase(context, frame, store.at(frame.camera.zoom))) continue;
  const image = canvas.transferToImageBitmap();
  scope.postMessage({ image, missing }, [image]);
}
