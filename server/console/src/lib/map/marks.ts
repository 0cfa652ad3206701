import type { CaseId, CaseSummary, FixView, UnixMs } from '@protocol';
import type { Feature, FeatureCollection, LineString, Point, Polygon } from 'geojson';
import { freshness } from '../cases/position';
import { circleRing } from './geodesy';
import { lonLat, trailLegs, trailStrength } from './trail';

/** What is drawn over the base map, as GeoJSON. Nothing in it lies between two measured fixes. */
export interface Marks {
  /** The cases that are not chosen. */
  cases: FeatureCollection<Point>;
  /** The chosen case. */
  chosen: FeatureCollection<Point>;
  uncertainty: FeatureCollection<Polygon>;
  trail: FeatureCollection<LineString>;
  trailPoints: FeatureCollection<Point>;
}

export interface MarksInput {
  cases: Iterable<CaseSummary>;
  chosen: CaseSummary | null;
  /** Of the chosen case, newest first. */
  fixes: readonly FixView[];
  now: UnixMs;
  nameOf: (summary: CaseSummary) => string;
}

export function marksOf(input: MarksInput): Marks {
  const { chosen, now } = input;
  const others = [...input.cases].filter((c) => c.state !== 'closed' && c.case_id !== chosen?.case_id);
  const earlier = input.fixes.slice(1);
  return {
    cases: collection(others.flatMap((c) => caseMark(c, input))),
    chosen: collection(chosen ? caseMark(chosen, input) : []),
    uncertainty: collection(uncertaintyOf(chosen?.position)),
    trail: collection(
      trailLegs(input.fixes, now).map((leg) => ({
        type: 'Feature',
        geometry: { type: 'LineString', coordinates: [leg.from, leg.to] },
        properties: { strength: leg.strength },
      })),
    ),
    trailPoints: collection(
      earlier.map((fix) => ({
        type: 'Feature',
        geometry: { type: 'Point', coordinates: lonLat(fix) },
        properties: { strength: trailStrength(fix, now) },
      })),
    ),
  };
}

/** Name of the image of a mark: `p1-fresh`. */
export function iconName(c: CaseSummary, fix: FixView, now: UnixMs): string {
  return `${c.priority}-${freshness(fix, now)}`;
}

export type CaseMarkProperties = { id: CaseId; icon: string; name: string; rank: number; urgent: 0 | 1 };

function caseMark(c: CaseSummary, { now, nameOf }: MarksInput): Feature<Point, CaseMarkProperties>[] {
  if (!c.position) return [];
  const urgent = c.priority === 'p1' && c.state === 'open';
  return [
    {
      type: 'Feature',
      geometry: { type: 'Point', coordinates: lonLat(c.position) },
      properties: {
        id: c.case_id,
        icon: iconName(c, c.position, now),
        name: nameOf(c),
        // Larger is drawn later, and so on top.
        rank: (urgent ? 10 : 0) - Number(c.priority.slice(1)),
        urgent: urgent ? 1 : 0,
      },
    },
  ];
}

function uncertaintyOf(fix: FixView | null | undefined): Feature<Polygon>[] {
  if (fix?.accuracy_m == null || fix.accuracy_m <= 0) return [];
  const ring = circleRing(lonLat(fix), fix.accuracy_m);
  return [{ type: 'Feature', geometry: { type: 'Polygon', coordinates: [ring] }, properties: {} }];
}

function collection<G extends Point | Polygon | LineString>(features: Feature<G>[]): FeatureCollection<G> {
  return { type: 'FeatureCollection', features };
}
