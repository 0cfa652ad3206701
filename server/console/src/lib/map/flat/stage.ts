import type { Clock } from '../../time/clock';
import { fitPadding, type MapState, type Padding } from '../engine';
import type { LonLat } from '../geodesy';
import type { MapLook } from '../look';
import { artist } from './artist';
import { BaseLabels, loadLabels } from './base_labels';
import { BaseLayer, type Sight } from './base_layer';
import { Gestures } from './gestures';
import { Lettering } from './lettering';
import { allowed, fitted, panned, spotOf, zoomedAt, type Camera, type Pixel, type Size } from './mercator';
import { Placing } from './placing';
import { scaleOf } from './scale';

/** What is drawn over the base map. */
export interface Overlay {
  /** Takes the places of its names; it comes before the names of the base map. */
  arrange(scene: Scene): void;
  paint(scene: Scene): void;
}

export interface Scene extends Sight {
  context: CanvasRenderingContext2D;
  placing: Placing;
  lettering: Lettering;
}

export interface StageDeps {
  container: HTMLElement;
  look: MapLook;
  camera: Camera;
  clock: Clock;
  overlay: Overlay;
  wheel: boolean;
  /** Where nothing can be clicked. */
  cursor: string;
  onTap: (at: Pixel) => void;
  isTarget: (at: Pixel) => boolean;
  onDragged: () => void;
  onDrawn: () => void;
  onState: (state: MapState) => void;
}

/** Pixels of a canvas for each of the page: more is not seen. */
const RATIO_MAX = 2;

/** A map on two canvases: the base map, and over it what changes often. */
export class Stage {
  readonly #deps: StageDeps;
  readonly #base: HTMLCanvasElement;
  readonly #top: HTMLCanvasElement;
  readonly #scale: HTMLElement;
  readonly #baseContext: CanvasRenderingContext2D;
  readonly #context: CanvasRenderingContext2D;
  readonly #lettering: Lettering;
  readonly #labels = new BaseLabels();
  readonly #layer: BaseLayer;
  readonly #gestures: Gestures;
  readonly #resized: ResizeObserver;
  #look: MapLook;
  #camera: Camera;
  #size: Size = { width: 0, height: 0 };
  #frame: number | null = null;
  #isBaseStale = true;
  #isDrawn = false;
  /** On a narrow screen the map may be behind another pane when it is told where to look. */
  #whenInSight: (() => void) | null = null;

  constructor(deps: StageDeps) {
    this.#deps = deps;
    this.#look = deps.look;
    this.#camera = deps.camera;
    this.#base = canvasIn(deps.container);
    this.#top = canvasIn(deps.container);
    this.#baseContext = contextOf(this.#base, { alpha: false });
    this.#context = contextOf(this.#top, {});
    this.#base.setAttribute('aria-hidden', 'true');
    this.#top.tabIndex = 0;
    this.#top.setAttribute('role', 'application');
    this.#top.setAttribute('aria-label', deps.look.label);
    this.#top.style.touchAction = 'none';
    this.#top.style.cursor = deps.cursor;
    this.#scale = deps.container.appendChild(document.createElement('div'));
    this.#scale.className = 'map-scale';
    this.#lettering = new Lettering(this.#context);
    this.#layer = new BaseLayer(artist(deps.clock), (missing) => this.#pictured(missing));
    this.#gestures = this.#listen();
    this.#resized = new ResizeObserver(() => this.#resize());
    this.#resized.observe(deps.container);
    this.#resize();
    void loadLabels().then(({ labels, missing }) => {
      this.#labels.set(labels);
      if (missing) deps.onState('failed');
      this.redraw();
    });
  }

  get camera(): Camera {
    return this.#camera;
  }

  get size(): Size {
    return this.#size;
  }

  setLook(look: MapLook): void {
    this.#look = look;
    this.#top.setAttribute('aria-label', look.label);
    this.#moved();
  }

  /** Something of the overlay is another. */
  redraw(): void {
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = null;
      this.#draw();
    });
  }

  /** Looks elsewhere, in one jump. */
  look(camera: Camera): void {
    this.#camera = this.#size.height > 0 ? allowed(camera, this.#size) : camera;
    this.#moved();
  }

  /** Brings all places into sight; where the map is not in sight itself, as soon as it is. */
  show(places: readonly LonLat[], zoomMax: number, padding?: Padding): void {
    const { width, height } = this.#size;
    if (places.length === 0) return;
    if (width === 0) this.#whenInSight = () => this.show(places, zoomMax, padding);
    else this.look(fitted(places, this.#size, padding ?? fitPadding(width, height), zoomMax));
  }

  center(at: LonLat): void {
    this.look({ ...this.#camera, ...spotOf(at) });
  }

  /** By so much, around a place on the map; without it, around the middle. */
  zoom(by: number, at: Pixel = [this.#size.width / 2, this.#size.height / 2]): void {
    const { zoom } = allowed({ ...this.#camera, zoom: this.#camera.zoom + by }, this.#size);
    this.look(zoomedAt(this.#camera, zoom, at, this.#size));
  }

  remove(): void {
    if (this.#frame !== null) cancelAnimationFrame(this.#frame);
    // What still comes is drawn nowhere.
    this.#frame = 0;
    this.#resized.disconnect();
    this.#gestures.remove();
    this.#layer.remove();
    for (const element of [this.#base, this.#top, this.#scale]) element.remove();
  }

  #listen(): Gestures {
    const { wheel, cursor, isTarget, onTap, onDragged } = this.#deps;
    return new Gestures({
      element: this.#top,
      wheel,
      onPan: (dx, dy) => this.look(panned(this.#camera, dx, dy)),
      onZoom: (by, at) => this.zoom(by, at),
      onTap,
      onHover: (at) => (this.#top.style.cursor = at && isTarget(at) ? 'pointer' : cursor),
      onDragged,
    });
  }

  #resize(): void {
    const { clientWidth: width, clientHeight: height } = this.#deps.container;
    this.#size = { width, height };
    if (width === 0 || height === 0) return;
    this.#camera = allowed(this.#camera, this.#size);
    const show = this.#whenInSight;
    this.#whenInSight = null;
    show?.();
    this.#moved();
  }

  #moved(): void {
    this.#isBaseStale = true;
    if (this.#isDrawn) this.#deps.onState('moving');
    this.redraw();
  }

  #pictured(missing: boolean): void {
    if (missing) this.#deps.onState('failed');
    this.#isBaseStale = true;
    this.redraw();
    if (!this.#isDrawn) this.#deps.onDrawn();
    this.#isDrawn = true;
  }

  #draw(): void {
    const { width, height } = this.#size;
    if (width === 0 || height === 0) return;
    const sight: Sight = {
      camera: this.#camera,
      size: this.#size,
      ratio: Math.min(RATIO_MAX, window.devicePixelRatio || 1),
      theme: this.#look.theme,
    };
    this.#layer.look(sight);
    const isResized = fitCanvas(this.#base, sight);
    if (isResized || this.#isBaseStale) this.#layer.paint(this.#baseContext, sight);
    this.#isBaseStale = false;
    fitCanvas(this.#top, sight);
    this.#drawTop({ ...sight, context: this.#context, placing: new Placing(), lettering: this.#lettering });
    if (this.#layer.isComplete(sight)) this.#deps.onState('idle');
  }

  #drawTop(scene: Scene): void {
    const { context, camera, size, ratio, theme } = scene;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, size.width, size.height);
    this.#deps.overlay.arrange(scene);
    this.#labels.arrange(camera, size, this.#look.language, scene.placing, this.#lettering);
    this.#labels.paint(context, theme, this.#lettering);
    this.#deps.overlay.paint(scene);
    const { width_px, text } = scaleOf(camera);
    this.#scale.style.width = `${width_px}px`;
    if (this.#scale.textContent !== text) this.#scale.textContent = text;
  }
}

function canvasIn(container: HTMLElement): HTMLCanvasElement {
  const canvas = container.appendChild(document.createElement('canvas'));
  canvas.style.cssText = 'position: absolute; inset: 0; width: 100%; height: 100%;';
  return canvas;
}

function contextOf(canvas: HTMLCanvasElement, wanted: CanvasRenderingContext2DSettings): CanvasRenderingContext2D {
  const context = canvas.getContext('2d', wanted);
  if (!context) throw new Error('no 2d canvas');
  return context;
}

/** `true`: it had another size, and is empty now. */
function fitCanvas(canvas: HTMLCanvasElement, { size, ratio }: Sight): boolean {
  const [width, height] = [Math.round(size.width * ratio), Math.round(size.height * ratio)];
  if (canvas.width === width && canvas.height === height) return false;
  canvas.width = width;
  canvas.height = height;
  return true;
}
