import type { CaseId, CaseSummary, FixView, ProvisionalAlert, UnixMs } from '@protocol';
import type { Feature, FeatureCollection, GeoJsonProperties, LineString, Point, Polygon } from 'geojson';
import { markOf, type Mark } from '../cases/drill';
import { alertFix, freshness } from '../cases/position';
import { circleRing } from './geodesy';
import { lonLat, trailLegs, trailStrength } from './trail';

/** What is drawn over the base map, as GeoJSON. Nothing in it lies between two measured fixes. */
export interface Marks {
  /** The cases that are not chosen. */
  cases: FeatureCollection<Point>;
  /** The chosen case. */
  chosen: FeatureCollection<Point, CaseMarkProperties>;
  uncertainty: FeatureCollection<Polygon>;
  trail: FeatureCollection<LineString>;
  trailPoints: FeatureCollection<Point>;
}

export interface MarksInput {
  cases: Iterable<CaseSummary>;
  /** Those that wait to be recorded. */
  alerts: Iterable<ProvisionalAlert>;
  chosen: CaseSummary | ProvisionalAlert | null;
  /** Of the chosen case, newest first. */
  fixes: readonly FixView[];
  now: UnixMs;
  nameOf: (item: CaseSummary | ProvisionalAlert) => string;
}

export function marksOf(input: MarksInput): Marks {
  const { chosen, now } = input;
  const open = [...input.cases].filter((c) => c.state !== 'closed');
  const others = [...open, ...input.alerts].filter((item) => item.case_id !== chosen?.case_id);
  const earlier = input.fixes.slice(1);
  return {
    cases: collection(others.flatMap((item) => featureOf(item, input))),
    chosen: collection(chosen ? featureOf(chosen, input) : []),
    uncertainty: collection(uncertaintyOf(chosen && fixOf(chosen))),
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

/** Name of the image of a mark: `p1-fresh`, or `p1-fresh-provisional` for what is in no case yet. */
export function iconName(mark: Mark, fix: FixView, provisional: boolean, now: UnixMs): string {
  return `${mark}-${freshness(fix, now)}${provisional ? '-provisional' : ''}`;
}

export function fixOf(item: CaseSummary | ProvisionalAlert): FixView | null {
  return 'alert' in item ? alertFix(item) : (item.position ?? null);
}

export type CaseMarkProperties = { id: CaseId; icon: string; name: string; rank: number; urgent: 0 | 1; real: 0 | 1 };

/** Larger is drawn later, and so on top: what is urgent above all, drills beneath all. */
const RANK: Record<Mark, number> = { p1: -1, p2: -2, p3: -3, drill: -4 };

function featureOf(
  item: CaseSummary | ProvisionalAlert,
  { now, nameOf }: MarksInput,
): Feature<Point, CaseMarkProperties>[] {
  const fix = fixOf(item);
  if (!fix) return [];
  const provisional = 'alert' in item;
  const mark = markOf(item);
  const urgent = mark === 'p1' && (provisional || item.state === 'open');
  return [
    {
      type: 'Feature',
      geometry: { type: 'Point', coordinates: lonLat(fix) },
      properties: {
        id: item.case_id,
        icon: iconName(mark, fix, provisional, now),
        name: nameOf(item),
        rank: (urgent ? 10 : 0) + RANK[mark],
        urgent: urgent ? 1 : 0,
        real: mark === 'drill' ? 0 : 1,
      },
    },
  ];
}

function uncertaintyOf(fix: FixView | null | undefined): Feature<Polygon>[] {
  if (fix?.accuracy_m == null || fix.accuracy_m <= 0) return [];
  const ring = circleRing(lonLat(fix), fix.accuracy_m);
  return [{ type: 'Feature', geometry: { type: 'Polygon', coordinates: [ring] }, properties: {} }];
}

function collection<G extends Point | Polygon | LineString, P extends GeoJsonProperties>(features: Feature<G, P>[]): FeatureCollection<G, P> {
  return { type: 'FeatureCollection', features };
}
