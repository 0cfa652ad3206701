import type { StyleSpecification } from 'maplibre-gl';
import { MAP_FONT, type MapTheme } from './basemap';
import type { Marks } from './marks';

/** Marks closer than this to each other are drawn as one, in pixels, until one looks closer than the zoom below. */
const CLUSTER_RADIUS_PX = 34;
const CLUSTER_ZOOM_MAX = 10;

const INK: Record<MapTheme, { text: string; halo: string; trail: string; cluster: string }> = {
  dark: { text: '#ffffff', halo: '#0a0f14', trail: '#5fb2ff', cluster: '#26323f' },
  light: { text: '#111922', halo: '#ffffff', trail: '#0b5cad', cluster: '#ffffff' },
};

/** `base` with the marks above it. */
export function withMarks(base: StyleSpecification, theme: MapTheme, marks: Marks): StyleSpecification {
  const style = {
    ...base,
    sources: { ...base.sources, ...markSources(marks) },
    layers: [...base.layers, ...markLayers(theme)],
  };
  return style as StyleSpecification;
}

function markSources(marks: Marks): object {
  const source = (data: unknown) => ({ type: 'geojson', data });
  return {
    uncertainty: source(marks.uncertainty),
    trail: source(marks.trail),
    trailPoints: source(marks.trailPoints),
    chosen: source(marks.chosen),
    cases: {
      ...source(marks.cases),
      cluster: true,
      clusterRadius: CLUSTER_RADIUS_PX,
      clusterMaxZoom: CLUSTER_ZOOM_MAX,
      clusterProperties: { urgent: ['+', ['get', 'urgent']], real: ['+', ['get', 'real']] },
    },
  };
}

function markLayers(theme: MapTheme): object[] {
  const ink = INK[theme];
  return [...trailLayers(ink.trail), ...clusterLayers(ink), ...caseLayers(ink)];
}

function trailLayers(colour: string): object[] {
  return [
    { id: 'uncertainty', type: 'fill', source: 'uncertainty', paint: { 'fill-color': colour, 'fill-opacity': 0.14 } },
    {
      id: 'uncertainty-edge',
      type: 'line',
      source: 'uncertainty',
      paint: { 'line-color': colour, 'line-width': 1.6, 'line-opacity': 0.8 },
    },
    {
      id: 'trail',
      type: 'line',
      source: 'trail',
      layout: { 'line-cap': 'round' },
      paint: { 'line-color': colour, 'line-width': 3, 'line-opacity': ['get', 'strength'] },
    },
    {
      id: 'trail-points',
      type: 'circle',
      source: 'trailPoints',
      paint: { 'circle-radius': 3, 'circle-color': colour, 'circle-opacity': ['get', 'strength'] },
    },
  ];
}

function clusterLayers(ink: { text: string; halo: string; cluster: string }): object[] {
  const urgent = ['>', ['get', 'urgent'], 0];
  const real = ['>', ['get', 'real'], 0];
  // Drills are counted only where there is nothing else.
  const count = ['case', real, ['get', 'real'], ['get', 'point_count']];
  return [
    {
      id: 'clusters',
      type: 'circle',
      source: 'cases',
      filter: ['has', 'point_count'],
      paint: {
        'circle-radius': ['interpolate', ['linear'], ['get', 'point_count'], 2, 15, 100, 26],
        'circle-color': ink.cluster,
        'circle-stroke-width': 3,
        'circle-stroke-color': ['case', urgent, '#e5484d', real, '#7aa2c8', '#a78bfa'],
      },
    },
    {
      id: 'cluster-counts',
      type: 'symbol',
      source: 'cases',
      filter: ['has', 'point_count'],
      layout: {
        'text-field': ['to-string', count],
        'text-font': [MAP_FONT],
        'text-size': 14,
        'text-allow-overlap': true,
      },
      paint: { 'text-color': ink.text },
    },
  ];
}

function caseLayers(ink: { text: string; halo: string }): object[] {
  const named = {
    'text-field': ['get', 'name'],
    'text-font': [MAP_FONT],
    'text-anchor': 'top',
    'text-offset': [0, 1.1],
    'text-max-width': 12,
  };
  const paint = { 'text-color': ink.text, 'text-halo-color': ink.halo, 'text-halo-width': 1.8 };
  const icon = { 'icon-image': ['get', 'icon'], 'icon-allow-overlap': true, 'icon-ignore-placement': true };
  return [
    {
      id: 'cases',
      type: 'symbol',
      source: 'cases',
      filter: ['!', ['has', 'point_count']],
      layout: { ...icon, ...named, 'icon-size': 0.85, 'text-size': 13, 'text-optional': true, 'symbol-sort-key': ['get', 'rank'] },
      paint,
    },
    {
      id: 'chosen-ring',
      type: 'circle',
      source: 'chosen',
      paint: {
        'circle-radius': 20,
        'circle-color': 'rgba(0,0,0,0)',
        'circle-stroke-width': 2.5,
        'circle-stroke-color': ink.text,
      },
    },
    {
      id: 'chosen',
      type: 'symbol',
      source: 'chosen',
      layout: { ...icon, ...named, 'icon-size': 1.1, 'text-size': 15, 'text-offset': [0, 1.6], 'text-allow-overlap': true },
      paint,
    },
  ];
}
