import { BASE_COLOURS, type MapTheme } from '../look';
import type { Artist, Picture } from './artist';
import type { BaseFrame } from './base_drawing';
import { nearest, pixelOf, worldPx, type Camera, type Size } from './mercator';

/** A picture is this much larger than the map on each side, as part of its width and height: one may move before the next is there. */
const MARGIN = 0.25;
/** Largest picture, in its own pixels; a sharper screen gets a blurred one. */
const PIXELS_MAX = 8_000_000;
/** Of the whole world, far out: what is seen of places that the picture does not show yet. */
const OVERVIEW: Omit<BaseFrame, 'theme'> = { camera: { x: 0.5, y: 0.5, zoom: 1 }, size: { width: 1024, height: 1024 }, ratio: 1 };

/** What is to be seen. */
export interface Sight {
  camera: Camera;
  size: Size;
  ratio: number;
  theme: MapTheme;
}

/** The base map: shows the last picture of it, moved and scaled to where one looks, until a better one is drawn. */
export class BaseLayer {
  readonly #artist: Artist;
  readonly #onPicture: (missing: boolean) => void;
  #picture: Picture | null = null;
  #overview: Picture | null = null;
  #sight: Sight | null = null;
  #isDrawing = false;
  #removed = false;

  constructor(artist: Artist, onPicture: (missing: boolean) => void) {
    this.#artist = artist;
    this.#onPicture = onPicture;
  }

  /** Only what was looked at last is drawn: what was passed meanwhile never is. */
  look(sight: Sight): void {
    this.#sight = sight;
    this.#drawNext();
  }

  /** There is a sharp picture of all that is in sight. */
  isComplete(sight: Sight): boolean {
    const { frame } = this.#picture ?? {};
    return frame !== undefined && isSharp(frame, sight) && slackOf(frame, sight) >= 0;
  }

  paint(context: CanvasRenderingContext2D, sight: Sight): void {
    const { size, ratio, theme } = sight;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.fillStyle = BASE_COLOURS[theme].sea;
    context.fillRect(0, 0, size.width, size.height);
    if (this.#overview && !this.isComplete(sight)) paintWorlds(context, this.#overview, sight);
    if (this.#picture) paintPicture(context, this.#picture, sight);
  }

  remove(): void {
    this.#removed = true;
    this.#artist.remove();
    this.#picture?.close();
    this.#overview?.close();
  }

  #drawNext(): void {
    const sight = this.#sight;
    if (this.#isDrawing || !sight) return;
    const frame = this.#picture?.frame;
    // Half of the margin is used up: time for another.
    if (!frame || !isSharp(frame, sight) || slackOf(frame, sight) < MARGIN / 2) void this.#draw(frameOf(sight), false);
    else if (this.#overview?.frame.theme !== sight.theme) void this.#draw({ ...OVERVIEW, theme: sight.theme }, true);
  }

  async #draw(frame: BaseFrame, isOverview: boolean): Promise<void> {
    this.#isDrawing = true;
    try {
      const picture = await this.#artist.draw(frame);
      if (this.#removed) return picture.close();
      if (isOverview) {
        this.#overview?.close();
        this.#overview = picture;
      } else {
        this.#picture?.close();
        this.#picture = picture;
      }
      this.#isDrawing = false;
      this.#onPicture(picture.missing);
      this.#drawNext();
    } catch {
      // Nothing draws it here: the marks are still right on the open sea.
      this.#onPicture(true);
    }
  }
}

function frameOf({ camera, size, ratio, theme }: Sight): BaseFrame {
  const large = { width: size.width + 2 * marginPx(size.width), height: size.height + 2 * marginPx(size.height) };
  return { camera, size: large, ratio: Math.min(ratio, Math.sqrt(PIXELS_MAX / (large.width * large.height))), theme };
}

/** Whole pixels: the picture lies on those of the screen. */
function marginPx(length: number): number {
  return Math.ceil(length * MARGIN);
}

function isSharp(frame: BaseFrame, { camera, ratio, theme, size }: Sight): boolean {
  const wanted = frameOf({ camera, ratio, theme, size });
  return frame.theme === theme && frame.camera.zoom === camera.zoom && frame.ratio === wanted.ratio;
}

/** How far one may still move, as part of what is in sight; below 0: the picture does not reach the edge. */
function slackOf(frame: BaseFrame, { camera, size }: Sight): number {
  const world = worldPx(camera.zoom);
  const dx = Math.abs(nearest(frame.camera.x, camera.x) - camera.x) * world;
  const dy = Math.abs(frame.camera.y - camera.y) * world;
  const slackX = (frame.size.width - size.width) / 2 - dx;
  const slackY = (frame.size.height - size.height) / 2 - dy;
  return Math.min(slackX / size.width, slackY / size.height);
}

function paintPicture(context: CanvasRenderingContext2D, { frame, image }: Picture, { camera, size, ratio }: Sight, copy = 0): void {
  const scale = 2 ** (camera.zoom - frame.camera.zoom);
  const spot = { x: nearest(frame.camera.x, camera.x) + copy, y: frame.camera.y };
  const [x, y] = pixelOf(spot, camera, size);
  const [width, height] = [frame.size.width * scale, frame.size.height * scale];
  // On whole pixels of the screen: between them it is blurred.
  const whole = (at: number) => Math.round(at * ratio) / ratio;
  context.drawImage(image, whole(x - width / 2), whole(y - height / 2), width, height);
}

function paintWorlds(context: CanvasRenderingContext2D, overview: Picture, sight: Sight): void {
  for (const copy of [-1, 0, 1]) paintPicture(context, overview, sight, copy);
}
