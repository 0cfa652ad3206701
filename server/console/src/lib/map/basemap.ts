import type { StyleSpecification } from 'maplibre-gl';
import type { Language } from '../i18n/format';
import { MAP_FONT } from './font';
import {
  BASE_COLOURS,
  BASE_FILES,
  BASE_HALO_PX,
  baseAddress,
  BORDER_WIDTH,
  CITY_DOT,
  CITY_OFFSET_EM,
  CITY_RANKS,
  CITY_TEXT_PX,
  COUNTRY_RANKS,
  COUNTRY_TEXT_PX,
  DETAIL_ZOOM_MIN,
  HOME_ISO,
  RIVER_WIDTH,
  type MapTheme,
} from './look';

type Colours = (typeof BASE_COLOURS)[MapTheme];

const CITY_RANK = ['<=', ['get', 'sr'], ['step', ['zoom'], ...CITY_RANKS]];
const COUNTRY_RANK = ['all', ['!=', ['get', 'iso'], ''], ['<=', ['get', 'lr'], ['step', ['zoom'], ...COUNTRY_RANKS]]];

/** The offline base map, from the files in `public/basemap`. */
export function basemapStyle(theme: MapTheme, language: Language): StyleSpecification {
  const c = BASE_COLOURS[theme];
  const name = language === 'vi' ? ['get', 'vi'] : ['coalesce', ['get', 'name'], ['get', 'vi']];
  const style = {
    version: 8,
    sources: Object.fromEntries(
      Object.entries(BASE_FILES).map(([id, file]) => [id, { type: 'geojson', data: baseAddress(file) }]),
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
      paint: { 'fill-color': ['match', ['get', 'iso'], HOME_ISO, c.home, c.land] },
    },
    { id: 'lakes', type: 'fill', source: 'lakes', paint: { 'fill-color': c.sea } },
    {
      id: 'rivers',
      type: 'line',
      source: 'rivers',
      minzoom: DETAIL_ZOOM_MIN,
      paint: { 'line-color': c.river, 'line-width': RIVER_WIDTH },
    },
    {
      id: 'borders',
      type: 'line',
      source: 'countries',
      paint: { 'line-color': c.border, 'line-width': ['interpolate', ['linear'], ['zoom'], ...BORDER_WIDTH] },
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
  const ink = (colour: string) => ({ 'text-color': colour, 'text-halo-color': c.halo, 'text-halo-width': BASE_HALO_PX });
  return [
    {
      id: 'city-dots',
      type: 'circle',
      source: 'cities',
      minzoom: DETAIL_ZOOM_MIN,
      filter: CITY_RANK,
      paint: {
        'circle-radius': CITY_DOT.radius,
        'circle-color': c.city,
        'circle-stroke-color': c.halo,
        'circle-stroke-width': CITY_DOT.rim,
      },
    },
    {
      id: 'city-names',
      type: 'symbol',
      source: 'cities',
      minzoom: DETAIL_ZOOM_MIN,
      filter: CITY_RANK,
      layout: text(CITY_TEXT_PX, { 'text-offset': [0, CITY_OFFSET_EM], 'text-anchor': 'top' }),
      paint: ink(c.cityText),
    },
    {
      id: 'country-names',
      type: 'symbol',
      source: 'labels',
      filter: COUNTRY_RANK,
      layout: text(['interpolate', ['linear'], ['zoom'], ...COUNTRY_TEXT_PX], { 'symbol-sort-key': ['get', 'lr'] }),
      paint: ink(c.countryText),
    },
    {
      id: 'island-names',
      type: 'symbol',
      source: 'islands',
      minzoom: DETAIL_ZOOM_MIN,
      layout: text(CITY_TEXT_PX, { 'text-allow-overlap': true }),
      paint: ink(c.islandText),
    },
  ];
}
