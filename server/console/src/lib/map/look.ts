import type { Language } from '../i18n/format';

export type MapTheme = 'dark' | 'light';

/** How a map is to look, and what it is called for those who do not see it. */
export interface MapLook {
  theme: MapTheme;
  language: Language;
  label: string;
}

interface BaseColours {
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

export const BASE_COLOURS: Record<MapTheme, BaseColours> = {
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

export interface MarkInk {
  text: string;
  halo: string;
  trail: string;
  cluster: string;
}

export const MARK_INK: Record<MapTheme, MarkInk> = {
  dark: { text: '#ffffff', halo: '#0a0f14', trail: '#5fb2ff', cluster: '#26323f' },
  light: { text: '#111922', halo: '#ffffff', trail: '#0b5cad', cluster: '#ffffff' },
};

/** The rim of marks drawn as one: something urgent among them, something real, drills alone. */
export const CLUSTER_RIM = { urgent: '#e5484d', real: '#7aa2c8', drills: '#a78bfa' };

/** Files in `public/basemap`. */
export const BASE_FILES = {
  countries: 'countries_10m_s004',
  labels: 'country_labels_vi',
  lakes: 'lakes_50m',
  rivers: 'rivers_50m',
  cities: 'cities_50m_vi',
  islands: 'vn_island_labels',
} as const;

export const baseAddress = (file: string) => `/basemap/${file}.geojson`;

/** The country that is set off from the others. */
export const HOME_ISO = 'VN';

/** Rivers, cities and islands are shown from here on. */
export const DETAIL_ZOOM_MIN = 3;

/** A first value, then pairs of a zoom and the value from there on. */
export type Steps = readonly number[];
/** Pairs of a place and the value there; evenly in between. */
export type Ramp = readonly number[];

/** Ranks shown: more and smaller cities, the closer one looks. */
export const CITY_RANKS: Steps = [1, 4, 3, 5, 6, 6, 9];
export const COUNTRY_RANKS: Steps = [2, 2, 3, 3, 4, 4, 6, 5, 8];

/** By zoom, in pixels. */
export const BORDER_WIDTH: Ramp = [1, 0.4, 6, 1.1];
export const COUNTRY_TEXT_PX: Ramp = [1, 11, 6, 17];
/** By how many there are in it, in pixels. */
export const CLUSTER_CIRCLE_PX: Ramp = [2, 15, 100, 26];
export const RIVER_WIDTH = 0.8;
export const CITY_TEXT_PX = 12;
export const CITY_DOT = { radius: 2.4, rim: 1 };
export const BASE_HALO_PX = 1.3;

/** Sizes in pixels; the offset of a name, from the middle of the mark to its upper edge, in its own size. */
export const CASE_MARK = { icon: 0.85, text: 13, offset: 1.1 };
export const CHOSEN_MARK = { icon: 1.1, text: 15, offset: 1.6, ring: 20, rim: 2.5 };
/** A name is broken into lines no wider than this, in its own size. */
export const NAME_WIDTH_EM = 12;
export const NAME_HALO_PX = 1.8;
export const CLUSTER_TEXT_PX = 14;
export const CLUSTER_RIM_PX = 3;
export const CITY_OFFSET_EM = 0.7;

/** Of what is drawn under the chosen case. */
export const TRAIL = { width: 3, point: 3, edge: 1.6, edgeOpacity: 0.8, fillOpacity: 0.14 };

/** Marks closer than this to each other are drawn as one, in pixels, until one looks closer than the zoom below. */
export const CLUSTER_RADIUS_PX = 34;
export const CLUSTER_ZOOM_MAX = 10;

export function stepAt(steps: Steps, zoom: number): number {
  let value = steps[0] ?? 0;
  for (let i = 1; i + 1 < steps.length; i += 2) if (zoom >= (steps[i] ?? 0)) value = steps[i + 1] ?? value;
  return value;
}

export function rampAt(ramp: Ramp, at: number): number {
  const [from = 0, low = 0, to = 0, high = 0] = ramp;
  const share = Math.min(1, Math.max(0, (at - from) / (to - from)));
  return low + share * (high - low);
}
