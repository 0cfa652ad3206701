import type { CaseSummary } from '@protocol';
import { describe, expect, it } from 'vitest';
import { aCase, aDrill, aFix, NOON } from '../../../testing/samples';
import { CLUSTER_RADIUS_PX, CLUSTER_ZOOM_MAX } from '../look';
import { marksOf } from '../marks';
import { Clusters, countOf, type Cluster } from './clusters';
import { worldPx } from './mercator';

const LON = 121;
/** A case so many pixels to the east, as seen from `zoom`. */
const east = (px: number, zoom: number, change: Partial<CaseSummary> = {}) =>
  aCase({ case_id: `${px}`, ...change, position: aFix({ lat: 25, lon: LON + (px / worldPx(zoom)) * 360 }) });
const clustersOf = (cases: CaseSummary[]) =>
  new Clusters(marksOf({ cases, alerts: [], chosen: null, fixes: [], now: NOON, nameOf: () => '' }).cases);
const counts = (clusters: Clusters, zoom: number) => clusters.at(zoom).map((one) => (one.kind === 'cluster' ? one.count : 1));

describe('marks close to each other', () => {
  it('are drawn as one, and those a little further off are not', () => {
    const clusters = clustersOf([east(0, 8), east(CLUSTER_RADIUS_PX - 1, 8), east(200, 8), east(201 + CLUSTER_RADIUS_PX, 8)]);
    expect(counts(clusters, 8)).toEqual([2, 1, 1]);
    expect(counts(clusters, 8.9)).toEqual([2, 1, 1]);
    expect(counts(clusters, 7)).toEqual([2, 2]);
    expect(counts(clusters, 2)).toEqual([4]);
  });

  it('are each alone from close by, also in the very same place', () => {
    const clusters = clustersOf([east(0, 5, { case_id: 'a' }), east(0, 5, { case_id: 'b' })]);
    expect(counts(clusters, CLUSTER_ZOOM_MAX + 0.9)).toEqual([2]);
    expect(counts(clusters, CLUSTER_ZOOM_MAX + 1)).toEqual([1, 1]);
    expect(clusters.at(3)[0]).toMatchObject({ opensAt: CLUSTER_ZOOM_MAX + 1 });
  });

  it('say from which zoom on they are more than one', () => {
    const cases = [0, CLUSTER_RADIUS_PX * 0.9].map((px) => east(px, 6));
    const clusters = clustersOf(cases);
    const [cluster] = clusters.at(4) as [Cluster];
    expect(cluster.opensAt).toBe(7);
    expect(counts(clusters, cluster.opensAt)).toEqual([1, 1]);
  });

  it('lie in the middle of all that is in them', () => {
    const [cluster] = clustersOf([east(0, 6), east(0, 6, { case_id: 'b' }), east(30, 6)]).at(6) as [Cluster];
    expect(((cluster.x - 0.5) * 360 - LON) / 360).toBeCloseTo(10 / worldPx(6), 9);
  });

  it('count drills only where there is nothing else, and tell what is urgent', () => {
    const place = aFix({ lat: 25, lon: LON });
    const drills = [aDrill({ case_id: 'd1', position: place }), aDrill({ case_id: 'd2', position: place })];
    const [alone] = clustersOf(drills).at(5) as [Cluster];
    expect([countOf(alone), alone.urgent]).toEqual([2, 0]);
    const [mixed] = clustersOf([...drills, aCase({ case_id: 'p1', position: place, state: 'open' })]).at(5) as [Cluster];
    expect([countOf(mixed), mixed.urgent, mixed.count]).toEqual([1, 1, 3]);
  });
});
