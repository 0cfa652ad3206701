import type { StyleSpecification } from 'maplibre-gl';
import type { Language } from '../i18n/format';

export type MapTheme = 'dark' | 'light';

/** Must be loaded before the map: without a glyph server it draws its labels with the page's own font. */
export const MAP_FONT = 'Be Vietnam Pro';

interface Colours {
  sea: string;
  land: string;
  home: string;
  border: string;
  river: string;
  city: string;
  cityText: string;
  countryText: string;
  islandText: string;
  halo: string;
}

const COLOURS: Record<MapTheme, Colours> = {
  dark: {
    sea: '#0b1219',
    land: '#1b242e',
    home: '#2b2a22',
    border: '#3c4a59',
    river: '#16222d',
    city: '#66788b',
    cityText: '#a3b2c2',
    countryText: '#c9d3de',
    islandText: '#e2b7a4',
    halo: '#10171e',
  },
  light: {
    sea: '#cfdfea',
    land: '#f4f2ec',
    home: '#f6e6bf',
    border: '#a9a598',
    river: '#b9d3e2',
    city: '#7a7466',
    cityText: '#4b473f',
    countryText: '#5b4a25',
    islandText: '#8a2b1a',
    halo: '#ffffff',
  },
};

const SOURCES = {
  countries: 'countries_10m_s004',
  labels: 'country_labels_vi',
  lakes: 'lakes_50m',
  rivers: 'rivers_50m',
  cities: 'cities_50m_vi',
  islands: 'vn_island_labels',
} as const;

/** More and smaller cities, the closer one looks. */
const CITY_RANK = ['<=', ['get', 'sr'], ['step', ['zoom'], 1, 4, 3, 5, 6, 6, 9]];
const COUNTRY_RANK = [
  'all',
  ['!=', ['get', 'iso'], ''],
  ['<=', ['get', 'lr'], ['step', ['zoom'], 2, 2, 3, 3, 4, 4, 6, 5, 8]],
];

/** The offline base map, from the files in `public/basemap`. */
export function basemapStyle(theme: MapTheme, language: Language): StyleSpecification {
  const c = COLOURS[theme];
  const name = language === 'vi' ? ['get', 'vi'] : ['coalesce', ['get', 'name'], ['get', 'vi']];
  const style = {
    version: 8,
    sources: Object.fromEntries(
      Object.entries(SOURCES).map(([id, file]) => [id, { type: 'geojson', data: `/basemap/${file}.geojson` }]),
    ),
    layers: [...areas(c), ...labels(c, name)],
  };
  return style as unknown as StyleSpecification;
}

function areas(c: Colours): object[] {
  return [
    { id: 'sea', type: 'background', paint: { 'background-color': c.sea } },
    {
      id: 'land',
      type: 'fill',
      source: 'countries',
      paint: { 'fill-color': ['match', ['get', 'iso'], 'VN', c.home, c.land] },
    },
    { id: 'lakes', type: 'fill', source: 'lakes', paint: { 'fill-color': c.sea } },
    { id: 'rivers', type: 'line', source: 'rivers', minzoom: 3, paint: { 'line-color': c.river, 'line-width': 0.8 } },
    {
      id: 'borders',
      type: 'line',
      source: 'countries',
      paint: { 'line-color': c.border, 'line-width': ['interpolate', ['linear'], ['zoom'], 1, 0.4, 6, 1.1] },
    },
  ];
}

function labels(c: Colours, name: unknown): object[] {
  const text = (size: unknown, more: object = {}) => ({
    'text-field': name,
    'text-font': [MAP_FONT],
    'text-size': size,
    ...more,
  });
  const ink = (colour: string) => ({ 'text-color': colour, 'text-halo-color': c.halo, 'text-halo-width': 1.3 });
  return [
    {
      id: 'city-dots',
      type: 'circle',
      source: 'cities',
      minzoom: 3,
      filter: CITY_RANK,
      paint: {
        'circle-radius': 2.4,
        'circle-color': c.city,
        'circle-stroke-color': c.halo,
        'circle-stroke-width': 1,
      },
    },
    {
      id: 'city-names',
      type: 'symbol',
      source: 'cities',
      minzoom: 3,
      filter: CITY_RANK,
      layout: text(12, { 'text-offset': [0, 0.7], 'text-anchor': 'top' }),
      paint: ink(c.cityText),
    },
    {
      id: 'country-names',
      type: 'symbol',
      source: 'labels',
      filter: COUNTRY_RANK,
      layout: text(['interpolate', ['linear'], ['zoom'], 1, 11, 6, 17], { 'symbol-sort-key': ['get', 'lr'] }),
      paint: ink(c.countryText),
    },
    {
      id: 'island-names',
      type: 'symbol',
      source: 'islands',
      minzoom: 3,
      layout: text(12, { 'text-allow-overlap': true }),
      paint: ink(c.islandText),
    },
  ];
}
