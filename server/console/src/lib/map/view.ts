import {
  Map as MapLibre,
  ScaleControl,
  setWorkerUrl,
  type GeoJSONSource,
  type MapLayerMouseEvent,
  type StyleSpecification,
} from 'maplibre-gl';
import 'maplibre-gl/dist/maplibre-gl.css';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url';
import type { CaseId } from '@protocol';
import type { Clock } from '../time/clock';
import { MAP_FONT } from './basemap';
import { destination, type LonLat } from './geodesy';
import { drawIcons, ICON_PIXEL_RATIO } from './icons';
import type { Marks } from './marks';
import { Redraw } from './redraw';

/** Closer than this there is nothing more to see on the offline map. */
const ZOOM_MAX = 17;
/** What is shown around a case that was chosen, in metres to each side: enough to tell where that is. */
const AROUND_M = 25_000;
const FIT_ZOOM_MAX = 8;
/** Marks are drawn again at most this often, in milliseconds. */
const DRAW_INTERVAL_MS = 200;
/** A followed case may wander this far from the middle before the map moves, as part of its width and height. */
const FOLLOW_SLACK = 0.3;

export interface MapViewDeps {
  container: HTMLElement;
  style: StyleSpecification;
  center: LonLat;
  zoom: number;
  clock: Clock;
  onChoose: (id: CaseId) => void;
  /** The officer moved the map by hand. */
  onDragged: () => void;
  /** There is something to see; in a flood it is long until nothing moves. */
  onDrawn: () => void;
  onState: (state: 'moving' | 'idle' | 'failed') => void;
}

setWorkerUrl(workerUrl);

/** Fonts come from the page: a label that is drawn before they are there keeps the wrong face. */
export async function loadMapFont(): Promise<void> {
  await document.fonts.load(`16px '${MAP_FONT}'`, 'Aaăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệ').catch(() => []);
}

/** The map itself: a shell around MapLibre that is told what to draw. */
export class MapView {
  readonly #map: MapLibre;
  readonly #clock: Clock;
  #marks: (() => Marks) | null = null;
  readonly #redraw = new Redraw();
  #drawPlanned = false;
  /** On a narrow screen the map may be behind another pane when it is told where to look. */
  #whenInSight: (() => void) | null = null;

  constructor(deps: MapViewDeps) {
    this.#clock = deps.clock;
    this.#map = new MapLibre({
      container: deps.container,
      style: deps.style,
      center: deps.center,
      zoom: deps.zoom,
      maxZoom: ZOOM_MAX,
      minZoom: 1,
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      renderWorldCopies: true,
      fadeDuration: 0,
    });
    this.#map.touchZoomRotate.disableRotation();
    this.#map.addControl(new ScaleControl({ maxWidth: 110 }), 'bottom-right');
    this.#listen(deps);
  }

  setStyle(style: StyleSpecification): void {
    // It brings the marks of its own time.
    this.#redraw.forget();
    this.#map.setStyle(style, { diff: true });
  }

  /** `marks` is asked when they are drawn: in a flood that is seldom against how often they change. */
  setMarks(marks: () => Marks): void {
    this.#marks = marks;
    this.#planDraw();
  }

  #planDraw(): void {
    if (this.#drawPlanned) return;
    this.#drawPlanned = true;
    this.#clock.after(DRAW_INTERVAL_MS, () => {
      this.#drawPlanned = false;
      this.#draw();
    });
  }

  /** Looks at a case that was chosen, and at the way it took. */
  lookAt(at: LonLat, trail: readonly LonLat[]): void {
    this.#show([...[0, 90, 180, 270].map((bearing) => destination(at, AROUND_M, bearing)), ...trail], ZOOM_MAX);
  }

  /** Moves only when the followed case is about to leave the middle of the map. */
  follow(at: LonLat): void {
    const { x, y } = this.#map.project(at);
    const { clientWidth: width, clientHeight: height } = this.#map.getContainer();
    const off = Math.abs(x - width / 2) > width * FOLLOW_SLACK || Math.abs(y - height / 2) > height * FOLLOW_SLACK;
    if (off) this.#map.easeTo({ center: at, duration: 400 });
  }

  fit(places: readonly LonLat[]): void {
    if (places.length > 0) this.#show(places, FIT_ZOOM_MAX);
  }

  #show(places: readonly LonLat[], maxZoom: number): void {
    if (this.#map.getContainer().clientWidth === 0) {
      this.#whenInSight = () => this.#show(places, maxZoom);
      return;
    }
    const lons = places.map(([lon]) => lon);
    const lats = places.map(([, lat]) => lat);
    this.#map.fitBounds([Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)], {
      padding: this.#padding(),
      maxZoom,
      duration: 500,
    });
  }

  /** Leaves room for what lies over the map: the buttons on the right, the words on the position below. */
  #padding(): { top: number; right: number; bottom: number; left: number } {
    const { clientWidth: width, clientHeight: height } = this.#map.getContainer();
    return { top: 60, left: Math.min(60, width / 8), right: Math.min(90, width / 6), bottom: Math.min(180, height / 3) };
  }

  zoomIn(): void {
    this.#map.zoomIn();
  }

  zoomOut(): void {
    this.#map.zoomOut();
  }

  remove(): void {
    this.#map.remove();
    this.#marks = null;
  }

  #listen(deps: MapViewDeps): void {
    const map = this.#map;
    map.on('style.load', () => {
      this.#addIcons();
      this.#redraw.forget();
      this.#planDraw();
    });
    map.on('resize', () => {
      const show = this.#whenInSight;
      this.#whenInSight = null;
      show?.();
    });
    map.once('load', () => deps.onDrawn());
    map.on('movestart', () => deps.onState('moving'));
    map.on('idle', () => deps.onState('idle'));
    map.on('error', ({ error }) => {
      // A file of the base map is missing: the marks are still right without it.
      if (/Failed to fetch|NetworkError|AJAXError|\b[45]\d\d\b/.test(String(error))) deps.onState('failed');
    });
    map.on('dragstart', () => deps.onDragged());
    for (const layer of ['cases', 'clusters']) {
      map.on('mouseenter', layer, () => (map.getCanvas().style.cursor = 'pointer'));
      map.on('mouseleave', layer, () => (map.getCanvas().style.cursor = ''));
    }
    map.on('click', 'cases', (event) => {
      const id: unknown = event.features?.[0]?.properties.id;
      if (typeof id === 'string') deps.onChoose(id);
    });
    map.on('click', 'clusters', (event) => void this.#openCluster(event));
  }

  async #openCluster(event: MapLayerMouseEvent): Promise<void> {
    const id: unknown = event.features?.[0]?.properties.cluster_id;
    if (typeof id !== 'number') return;
    const zoom = await this.#source('cases')?.getClusterExpansionZoom(id);
    if (zoom !== undefined) this.#map.easeTo({ center: event.lngLat, zoom });
  }

  #addIcons(): void {
    for (const { name, data } of drawIcons()) {
      if (!this.#map.hasImage(name)) this.#map.addImage(name, data, { pixelRatio: ICON_PIXEL_RATIO });
    }
  }

  #draw(): void {
    if (!this.#marks) return;
    // Not loaded yet.
    if (!this.#source('cases')) return this.#planDraw();
    const { fill, waits } = this.#redraw.due(this.#marks(), this.#clock.now());
    for (const [source, data] of fill) void this.#source(source)?.setData(data);
    if (waits) this.#planDraw();
  }

  #source(id: string): GeoJSONSource | undefined {
    return this.#map.getSource(id) as GeoJSONSource | undefined;
  }
}
