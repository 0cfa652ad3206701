import type { StyleSpecification } from 'maplibre-gl';
import { MAP_FONT } from './font';
import {
  CASE_MARK,
  CHOSEN_MARK,
  CLUSTER_CIRCLE_PX,
  CLUSTER_RADIUS_PX,
  CLUSTER_RIM,
  CLUSTER_RIM_PX,
  CLUSTER_TEXT_PX,
  CLUSTER_ZOOM_MAX,
  MARK_INK,
  NAME_HALO_PX,
  NAME_WIDTH_EM,
  TRAIL,
  type MapTheme,
} from './look';
import type { Marks } from './marks';

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
  const ink = MARK_INK[theme];
  return [...trailLayers(ink.trail), ...clusterLayers(ink), ...caseLayers(ink)];
}

function trailLayers(colour: string): object[] {
  return [
    { id: 'uncertainty', type: 'fill', source: 'uncertainty', paint: { 'fill-color': colour, 'fill-opacity': TRAIL.fillOpacity } },
    {
      id: 'uncertainty-edge',
      type: 'line',
      source: 'uncertainty',
      paint: { 'line-color': colour, 'line-width': TRAIL.edge, 'line-opacity': TRAIL.edgeOpacity },
    },
    {
      id: 'trail',
      type: 'line',
      source: 'trail',
      layout: { 'line-cap': 'round' },
      paint: { 'line-color': colour, 'line-width': TRAIL.width, 'line-opacity': ['get', 'strength'] },
    },
    {
      id: 'trail-points',
      type: 'circle',
      source: 'trailPoints',
      paint: { 'circle-radius': TRAIL.point, 'circle-color': colour, 'circle-opacity': ['get', 'strength'] },
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
        'circle-radius': ['interpolate', ['linear'], ['get', 'point_count'], ...CLUSTER_CIRCLE_PX],
        'circle-color': ink.cluster,
        'circle-stroke-width': CLUSTER_RIM_PX,
        'circle-stroke-color': ['case', urgent, CLUSTER_RIM.urgent, real, CLUSTER_RIM.real, CLUSTER_RIM.drills],
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
        'text-size': CLUSTER_TEXT_PX,
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
    'text-offset': [0, CASE_MARK.offset],
    'text-max-width': NAME_WIDTH_EM,
  };
  const paint = { 'text-color': ink.text, 'text-halo-color': ink.halo, 'text-halo-width': NAME_HALO_PX };
  const icon = { 'icon-image': ['get', 'icon'], 'icon-allow-overlap': true, 'icon-ignore-placement': true };
  return [
    {
      id: 'cases',
      type: 'symbol',
      source: 'cases',
      filter: ['!', ['has', 'point_count']],
      layout: {
        ...icon,
        ...named,
        'icon-size': CASE_MARK.icon,
        'text-size': CASE_MARK.text,
        'text-optional': true,
        'symbol-sort-key': ['get', 'rank'],
      },
      paint,
    },
    {
      id: 'chosen-ring',
      type: 'circle',
      source: 'chosen',
      paint: {
        'circle-radius': CHOSEN_MARK.ring,
        'circle-color': 'rgba(0,0,0,0)',
        'circle-stroke-width': CHOSEN_MARK.rim,
        'circle-stroke-color': ink.text,
      },
    },
    {
      id: 'chosen',
      type: 'symbol',
      source: 'chosen',
      layout: {
        ...icon,
        ...named,
        'icon-size': CHOSEN_MARK.icon,
        'text-size': CHOSEN_MARK.text,
        'text-offset': [0, CHOSEN_MARK.offset],
        'text-allow-overlap': true,
      },
      paint,
    },
  ];
}
