import type { DeskId } from '@protocol';
import { Map as MapLibre, type GeoJSONSource, type StyleSpecification } from 'maplibre-gl';
import type { Language } from '../i18n/format';
import { basemapStyle, MAP_FONT, type MapTheme } from '../map/basemap';
import type { LonLat } from '../map/geodesy';
import { loadMapFont } from '../map/view';
import { boundsOf, inSight, postFeatures, type DeskMarks } from './desk_marks';

export { loadMapFont };

/** So much of the neighbourhood is seen around a post, in degrees. */
const MARGIN_DEG = 2.5;
const ACCENT: Record<MapTheme, { fill: string; halo: string; text: string }> = {
  dark: { fill: '#5fb2ff', halo: '#10171e', text: '#e9eff6' },
  light: { fill: '#0b5cad', halo: '#ffffff', text: '#111922' },
};

export interface DeskViewDeps {
  container: HTMLElement;
  theme: MapTheme;
  language: Language;
  marks: DeskMarks;
  /** A place on the map was clicked, and no post. */
  onPlace: (at: LonLat) => void;
  onChoose: (id: DeskId) => void;
  onState: (state: 'moving' | 'idle') => void;
}

/** The map of the desks: a shell around MapLibre that is told what to draw. */
export class DeskView {
  readonly #map: MapLibre;
  #marks: DeskMarks;

  constructor(deps: DeskViewDeps) {
    this.#marks = deps.marks;
    this.#map = new MapLibre({
      container: deps.container,
      style: styleOf(deps.theme, deps.language, deps.marks),
      bounds: boundsOf(this.#sight(), MARGIN_DEG),
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      fadeDuration: 0,
      // The page around it is scrolled with the same wheel.
      scrollZoom: false,
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

  setStyle(theme: MapTheme, language: Language): void {
    this.#map.setStyle(styleOf(theme, language, this.#marks), { diff: true });
  }

  setMarks(marks: DeskMarks): void {
    this.#marks = marks;
    const { posts, district } = sources(marks);
    (this.#map.getSource('posts') as GeoJSONSource | undefined)?.setData(posts.data);
    (this.#map.getSource('district') as GeoJSONSource | undefined)?.setData(district.data);
  }

  look(): void {
    this.#map.fitBounds(boundsOf(this.#sight(), MARGIN_DEG), { duration: 400, padding: 20 });
  }

  zoomIn = (): void => void this.#map.zoomIn();
  zoomOut = (): void => void this.#map.zoomOut();

  remove(): void {
    this.#map.remove();
  }

  #sight(): LonLat[] {
    const places = inSight(this.#marks);
    return places.length > 0 ? places : WORLD;
  }
}

const WORLD: LonLat[] = [
  [-20, -30],
  [150, 60],
];

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

function styleOf(theme: MapTheme, language: Language, marks: DeskMarks): StyleSpecification {
  const base = basemapStyle(theme, language);
  const ink = ACCENT[theme];
  return {
    ...base,
    sources: { ...base.sources, ...sources(marks) },
    layers: [
      ...base.layers,
      { id: 'district', type: 'fill', source: 'district', paint: { 'fill-color': ink.fill, 'fill-opacity': 0.22 } },
      { id: 'district-edge', type: 'line', source: 'district', paint: { 'line-color': ink.fill, 'line-width': 2 } },
      {
        id: 'posts',
        type: 'circle',
        source: 'posts',
        paint: {
          'circle-radius': ['case', ['get', 'chosen'], 9, 6],
          'circle-color': ink.fill,
          'circle-stroke-color': ink.halo,
          'circle-stroke-width': 2,
        },
      },
      {
        id: 'post-names',
        type: 'symbol',
        source: 'posts',
        layout: {
          'text-field': ['get', 'name'],
          'text-font': [MAP_FONT],
          'text-size': 13,
          'text-offset': [0, 1],
          'text-anchor': 'top',
          'symbol-sort-key': ['case', ['get', 'chosen'], 0, 1],
        },
        paint: { 'text-color': ink.text, 'text-halo-color': ink.halo, 'text-halo-width': 1.4 },
      },
    ],
  };
}
