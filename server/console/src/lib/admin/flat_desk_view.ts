import type { DeskId } from '@protocol';
import { ZOOM_MAX } from '../map/engine';
import { boxOf, type Words } from '../map/flat/lettering';
import { nearest, pixelOf, placeOf, spotAt, spotOf, type Pixel } from '../map/flat/mercator';
import { pathOf, type Path } from '../map/flat/shapes';
import { Stage, type Overlay, type Scene } from '../map/flat/stage';
import { sheetOf, traceEdge } from '../map/flat/trace';
import { NAME_WIDTH_EM, type MapLook } from '../map/look';
import { DESK_INK, DISTRICT, POST, POST_NAME, sightOf, type DeskEngine, type DeskEngineDeps } from './desk_engine';
import type { DeskMarks } from './desk_marks';

interface Post {
  id: DeskId;
  at: Pixel;
  chosen: boolean;
  name: { words: Words; top: Pixel } | null;
}

const SIGHT_PADDING = { top: 20, right: 20, bottom: 20, left: 20 };
/** Half of what a fingertip covers, in pixels. */
const TOUCH_PX = 12;

/** The map of the desks, drawn in two dimensions. */
export class FlatDeskView implements DeskEngine {
  readonly #stage: Stage;
  readonly #overlay: DeskOverlay;
  readonly #deps: DeskEngineDeps;

  constructor(deps: DeskEngineDeps) {
    this.#deps = deps;
    this.#overlay = new DeskOverlay(deps.marks);
    this.#stage = new Stage({
      container: deps.container,
      look: deps.look,
      camera: { ...spotOf(sightOf(deps.marks)[0]), zoom: 1 },
      clock: deps.clock,
      overlay: this.#overlay,
      // The page around it is scrolled with the same wheel.
      wheel: false,
      cursor: 'crosshair',
      onTap: (at) => this.#tap(at),
      isTarget: (at) => this.#overlay.postAt(at) !== null,
      onDragged: () => {},
      onDrawn: () => {},
      onState: deps.onState,
    });
    this.look();
  }

  setLook(look: MapLook): void {
    this.#stage.setLook(look);
  }

  setMarks(marks: DeskMarks): void {
    this.#overlay.set(marks);
    this.#stage.redraw();
  }

  look(): void {
    this.#stage.show(sightOf(this.#overlay.marks), ZOOM_MAX, SIGHT_PADDING);
  }

  zoomIn(): void {
    this.#stage.zoom(1);
  }

  zoomOut(): void {
    this.#stage.zoom(-1);
  }

  remove(): void {
    this.#stage.remove();
  }

  #tap(at: Pixel): void {
    const post = this.#overlay.postAt(at);
    if (post) this.#deps.onChoose(post.id);
    else this.#deps.onPlace(placeOf(spotAt(at, this.#stage.camera, this.#stage.size)));
  }
}

class DeskOverlay implements Overlay {
  marks: DeskMarks;
  #district: Path[] = [];
  #posts: Post[] = [];

  constructor(marks: DeskMarks) {
    this.marks = marks;
    this.set(marks);
  }

  set(marks: DeskMarks): void {
    if (marks.district !== this.marks.district || this.#district.length === 0) {
      const { district } = marks;
      const polygons = !district ? [] : district.type === 'Polygon' ? [district.coordinates] : district.coordinates;
      this.#district = polygons.flat().map(pathOf);
    }
    this.marks = marks;
  }

  /** A post that can be chosen. */
  postAt([x, y]: Pixel): Post | null {
    return this.#posts.find(({ at, chosen }) => !chosen && Math.hypot(at[0] - x, at[1] - y) <= TOUCH_PX) ?? null;
  }

  arrange({ camera, size, placing, lettering }: Scene): void {
    // The chosen one's name has its place first.
    const posts = [...this.marks.posts].sort((a, b) => Number(b.chosen) - Number(a.chosen));
    this.#posts = posts.map(({ id, at, chosen, name }) => {
      const spot = spotOf(at);
      const [x, y] = pixelOf({ x: nearest(spot.x, camera.x), y: spot.y }, camera, size);
      const words = lettering.words(name, POST_NAME.text, NAME_WIDTH_EM);
      const top: Pixel = [x, y + POST_NAME.offset * POST_NAME.text];
      return { id, at: [x, y], chosen, name: placing.take(boxOf(words, top)) ? { words, top } : null };
    });
  }

  paint(scene: Scene): void {
    const { context, lettering, theme } = scene;
    const ink = DESK_INK[theme];
    this.#paintDistrict(scene, ink.fill);
    for (const { at, chosen } of this.#posts) {
      const radius = chosen ? POST.chosen : POST.radius;
      context.beginPath();
      context.arc(...at, radius + POST.rim, 0, 2 * Math.PI);
      context.fillStyle = ink.halo;
      context.fill();
      context.beginPath();
      context.arc(...at, radius, 0, 2 * Math.PI);
      context.fillStyle = ink.fill;
      context.fill();
    }
    for (const { name } of this.#posts) {
      if (name) lettering.write(name.words, name.top, { text: ink.text, halo: ink.halo, halo_px: POST_NAME.halo_px });
    }
  }

  #paintDistrict({ context, camera, size }: Scene, colour: string): void {
    const [first] = this.#district;
    if (!first) return;
    const copy = Math.round(nearest((first.left + first.right) / 2, camera.x) - (first.left + first.right) / 2);
    const sheet = sheetOf(camera, size, copy);
    context.beginPath();
    for (const edge of this.#district) traceEdge(context, edge, sheet);
    context.fillStyle = context.strokeStyle = colour;
    context.globalAlpha = DISTRICT.opacity;
    context.fill('evenodd');
    context.globalAlpha = 1;
    context.lineWidth = DISTRICT.edge;
    context.stroke();
  }
}
