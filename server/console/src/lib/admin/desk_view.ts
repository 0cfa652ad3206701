import { Map as MapLibre, type GeoJSONSource, type StyleSpecification } from 'maplibre-gl';
import { basemapStyle } from '../map/basemap';
import { MAP_FONT } from '../map/font';
import type { MapLook } from '../map/look';
import { DESK_INK, DISTRICT, POST, POST_NAME, sightOf, type DeskEngine, type DeskEngineDeps } from './desk_engine';
import { postFeatures, type DeskMarks } from './desk_marks';

/** The map of the desks: a shell around MapLibre that is told what to draw. */
export class DeskView implements DeskEngine {
  readonly #map: MapLibre;
  #marks: DeskMarks;

  constructor(deps: DeskEngineDeps) {
    this.#marks = deps.marks;
    this.#map = new MapLibre({
      container: deps.container,
      style: styleOf(deps.look, deps.marks),
      bounds: sightOf(deps.marks),
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      fadeDuration: 0,
      // The page around it is scrolled with the same wheel.
      scrollZoom: false,
      locale: { 'Map.Title': deps.look.label },
    });
    this.#map.touchZoomRotate.disableRotation();
    this.#map.on('movestart', () => deps.onState('moving'));
    this.#map.on('idle', () => deps.onState('idle'));
    this.#map.getCanvas().style.cursor = 'crosshair';
    this.#map.on('click', (event) => {
      const [post] = this.#map.queryRenderedFeatures(event.point, { layers: ['posts'] });
      const id: unknown = post?.properties.id;
      if (typeof id === 'string' && post?.properties.chosen !== true) deps.onChoose(id);
      else deps.onPlace([event.lngLat.lng, event.lngLat.lat]);
    });
  }

  setLook(look: MapLook): void {
    this.#map.setStyle(styleOf(look, this.#marks), { diff: true });
    this.#map.getCanvas().setAttribute('aria-label', look.label);
  }

  setMarks(marks: DeskMarks): void {
    this.#marks = marks;
    const { posts, district } = sources(marks);
    (this.#map.getSource('posts') as GeoJSONSource | undefined)?.setData(posts.data);
    (this.#map.getSource('district') as GeoJSONSource | undefined)?.setData(district.data);
  }

  look(): void {
    this.#map.fitBounds(sightOf(this.#marks), { duration: 400, padding: 20 });
  }

  zoomIn(): void {
    this.#map.zoomIn();
  }

  zoomOut(): void {
    this.#map.zoomOut();
  }

  remove(): void {
    this.#map.remove();
  }
}

function sources(marks: DeskMarks) {
  return {
    posts: { type: 'geojson' as const, data: postFeatures(marks) },
    district: {
      type: 'geojson' as const,
      data: {
        type: 'FeatureCollection' as const,
        features: marks.district ? [{ type: 'Feature' as const, properties: {}, geometry: marks.district }] : [],
      },
    },
  };
}

function styleOf({ theme, language }: MapLook, marks: DeskMarks): StyleSpecification {
  const base = basemapStyle(theme, language);
  const ink = DESK_INK[theme];
  return {
    ...base,
    sources: { ...base.sources, ...sources(marks) },
    layers: [
      ...base.layers,
      { id: 'district', type: 'fill', source: 'district', paint: { 'fill-color': ink.fill, 'fill-opacity': DISTRICT.opacity } },
      { id: 'district-edge', type: 'line', source: 'district', paint: { 'line-color': ink.fill, 'line-width': DISTRICT.edge } },
      {
        id: 'posts',
        type: 'circle',
        source: 'posts',
        paint: {
          'circle-radius': ['case', ['get', 'chosen'], POST.chosen, POST.radius],
          'circle-color': ink.fill,
          'circle-stroke-color': ink.halo,
          'circle-stroke-width': POST.rim,
        },
      },
      {
        id: 'post-names',
        type: 'symbol',
        source: 'posts',
        layout: {
          'text-field': ['get', 'name'],
          'text-font': [MAP_FONT],
          'text-size': POST_NAME.text,
          'text-offset': [0, POST_NAME.offset],
          'text-anchor': 'top',
          'symbol-sort-key': ['case', ['get', 'chosen'], 0, 1],
        },
        paint: { 'text-color': ink.text, 'text-halo-color': ink.halo, 'text-halo-width': POST_NAME.halo_px },
      },
    ],
  };
}
