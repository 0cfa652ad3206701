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
import { basemapStyle } from './basemap';
import { DrawLoop } from './draw_loop';
import {
  FIT_ZOOM_MAX,
  fitPadding,
  isOffMiddle,
  SCALE_PX_MAX,
  sightOf,
  ZOOM_MAX,
  ZOOM_MIN,
  type MapEngine,
  type MapEngineDeps,
} from './engine';
import type { LonLat } from './geodesy';
import { drawIcons } from './icons';
import type { MapLook } from './look';
import type { Marks } from './marks';
import { withMarks } from './overlay';

/** Sharp on screens of twice the density. */
const ICON_PIXEL_RATIO = 2;

setWorkerUrl(workerUrl);

/** The map of computers with a graphics card: a shell around MapLibre that is told what to draw. */
export class MapView implements MapEngine {
  readonly #map: MapLibre;
  readonly #loop: DrawLoop;
  #marks: () => Marks;
  /** On a narrow screen the map may be behind another pane when it is told where to look. */
  #whenInSight: (() => void) | null = null;

  constructor(deps: MapEngineDeps) {
    this.#marks = deps.marks;
    this.#map = new MapLibre({
      container: deps.container,
      style: this.#style(deps.look),
      center: deps.center,
      zoom: deps.zoom,
      maxZoom: ZOOM_MAX,
      minZoom: ZOOM_MIN,
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      renderWorldCopies: true,
      fadeDuration: 0,
      locale: { 'Map.Title': deps.look.label },
    });
    this.#map.touchZoomRotate.disableRotation();
    this.#map.addControl(new ScaleControl({ maxWidth: SCALE_PX_MAX }), 'bottom-right');
    this.#loop = new DrawLoop(
      deps.clock,
      () => this.#source('cases') !== undefined,
      (fill) => {
        for (const [source, data] of fill) void this.#source(source)?.setData(data);
      },
    );
    this.#listen(deps);
  }

  setLook(look: MapLook): void {
    // The style brings the marks of its own time.
    this.#loop.again();
    this.#map.setStyle(this.#style(look), { diff: true });
    this.#map.getCanvas().setAttribute('aria-label', look.label);
  }

  setMarks(marks: () => Marks): void {
    this.#marks = marks;
    this.#loop.set(marks);
  }

  lookAt(at: LonLat, trail: readonly LonLat[]): void {
    this.#show(sightOf(at, trail), ZOOM_MAX);
  }

  follow(at: LonLat): void {
    const { x, y } = this.#map.project(at);
    const { clientWidth, clientHeight } = this.#map.getContainer();
    if (isOffMiddle(x, y, clientWidth, clientHeight)) this.#map.easeTo({ center: at, duration: 400 });
  }

  fit(places: readonly LonLat[]): void {
    if (places.length > 0) this.#show(places, FIT_ZOOM_MAX);
  }

  #show(places: readonly LonLat[], maxZoom: number): void {
    const { clientWidth, clientHeight } = this.#map.getContainer();
    if (clientWidth === 0) {
      this.#whenInSight = () => this.#show(places, maxZoom);
      return;
    }
    const lons = places.map(([lon]) => lon);
    const lats = places.map(([, lat]) => lat);
    this.#map.fitBounds([Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)], {
      padding: fitPadding(clientWidth, clientHeight),
      maxZoom,
      duration: 500,
    });
  }

  zoomIn(): void {
    this.#map.zoomIn();
  }

  zoomOut(): void {
    this.#map.zoomOut();
  }

  remove(): void {
    this.#loop.stop();
    this.#map.remove();
  }

  #style({ theme, language }: MapLook): StyleSpecification {
    return withMarks(basemapStyle(theme, language), theme, this.#marks());
  }

  #listen(deps: MapEngineDeps): void {
    const map = this.#map;
    map.on('style.load', () => {
      this.#addIcons();
      this.#loop.again();
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
    for (const { name, image } of drawIcons(ICON_PIXEL_RATIO)) {
      const data = image.getContext('2d')?.getImageData(0, 0, image.width, image.height);
      if (data && !this.#map.hasImage(name)) this.#map.addImage(name, data, { pixelRatio: ICON_PIXEL_RATIO });
    }
  }

  #source(id: string): GeoJSONSource | undefined {
    return this.#map.getSource(id) as GeoJSONSource | undefined;
  }
}
