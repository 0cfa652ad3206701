import { DrawLoop } from '../draw_loop';
import { FIT_ZOOM_MAX, isOffMiddle, sightOf, ZOOM_MAX, type MapEngine, type MapEngineDeps } from '../engine';
import type { LonLat } from '../geodesy';
import type { MapLook } from '../look';
import type { Marks } from '../marks';
import { CaseOverlay } from './case_overlay';
import { nearest, pixelOf, spotOf, type Pixel } from './mercator';
import { Stage } from './stage';

/** The map of computers without a graphics card, drawn in two dimensions. Nothing glides: every move is a jump. */
export class FlatView implements MapEngine {
  readonly #stage: Stage;
  readonly #overlay = new CaseOverlay();
  readonly #loop: DrawLoop;
  readonly #deps: MapEngineDeps;

  constructor(deps: MapEngineDeps) {
    this.#deps = deps;
    const { container, look, clock, center, zoom, onDragged, onDrawn, onState } = deps;
    for (const [source, data] of Object.entries(deps.marks())) this.#overlay.fill(source as keyof Marks, data);
    this.#stage = new Stage({
      container,
      look,
      camera: { ...spotOf(center), zoom },
      clock,
      overlay: this.#overlay,
      wheel: true,
      cursor: 'grab',
      onTap: (at) => this.#tap(at),
      isTarget: (at) => this.#overlay.targetAt(at) !== null,
      onDragged,
      onDrawn,
      onState,
    });
    this.#loop = new DrawLoop(
      clock,
      () => true,
      (fill) => {
        for (const [source, data] of fill) this.#overlay.fill(source, data);
        this.#stage.redraw();
      },
    );
  }

  setLook(look: MapLook): void {
    this.#stage.setLook(look);
  }

  setMarks(marks: () => Marks): void {
    this.#loop.set(marks);
  }

  lookAt(at: LonLat, trail: readonly LonLat[]): void {
    this.#stage.show(sightOf(at, trail), ZOOM_MAX);
  }

  follow(at: LonLat): void {
    const { camera, size } = this.#stage;
    const spot = spotOf(at);
    const [x, y] = pixelOf({ x: nearest(spot.x, camera.x), y: spot.y }, camera, size);
    if (isOffMiddle(x, y, size.width, size.height)) this.#stage.center(at);
  }

  fit(places: readonly LonLat[]): void {
    this.#stage.show(places, FIT_ZOOM_MAX);
  }

  zoomIn(): void {
    this.#stage.zoom(1);
  }

  zoomOut(): void {
    this.#stage.zoom(-1);
  }

  remove(): void {
    this.#loop.stop();
    this.#stage.remove();
  }

  #tap(at: Pixel): void {
    const target = this.#overlay.targetAt(at);
    if (target?.kind === 'case') this.#deps.onChoose(target.id);
    else if (target) this.#stage.look({ x: target.cluster.x, y: target.cluster.y, zoom: target.cluster.opensAt });
  }
}
