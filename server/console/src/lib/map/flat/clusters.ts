import type { FeatureCollection, Point } from 'geojson';
import { CLUSTER_RADIUS_PX, CLUSTER_ZOOM_MAX } from '../look';
import type { CaseMarkProperties } from '../marks';
import { spotOf, worldPx, type Spot } from './mercator';

/** A case, alone. */
export interface Lone extends Spot {
  kind: 'lone';
  mark: CaseMarkProperties;
}

/** Cases so close to each other that they are drawn as one. */
export interface Cluster extends Spot {
  kind: 'cluster';
  count: number;
  urgent: number;
  real: number;
  /** From here on it is more than one. */
  opensAt: number;
}

export type Spotted = Lone | Cluster;

/** Drills are counted only where there is nothing else. */
export function countOf({ real, count }: Cluster): number {
  return real > 0 ? real : count;
}

/** Cases by zoom, as MapLibre joins them: from the closest zoom outwards, what is joined stays so. */
export class Clusters {
  /** From the closest zoom at which anything is joined; the first are all of them alone. */
  readonly #levels: Spotted[][];

  constructor(cases: FeatureCollection<Point>) {
    const lone = cases.features.map(({ geometry, properties }): Lone => {
      return { kind: 'lone', mark: properties as CaseMarkProperties, ...spotOf(geometry.coordinates) };
    });
    this.#levels = [lone];
  }

  at(zoom: number): Spotted[] {
    const wanted = Math.max(0, CLUSTER_ZOOM_MAX + 1 - Math.max(0, Math.floor(zoom)));
    for (let level = this.#levels.length; level <= wanted; level++) {
      this.#levels.push(joined(this.#levels[level - 1] ?? [], CLUSTER_ZOOM_MAX + 1 - level));
    }
    return this.#levels[wanted] ?? [];
  }
}

function joined(spotted: readonly Spotted[], zoom: number): Spotted[] {
  const radius = CLUSTER_RADIUS_PX / worldPx(zoom);
  const near = neighbours(spotted, radius);
  const done = new Set<Spotted>();
  const result: Spotted[] = [];
  for (const one of spotted) {
    if (done.has(one)) continue;
    const group = near(one).filter((other) => !done.has(other));
    for (const member of group) done.add(member);
    result.push(group.length > 1 ? clusterOf(group, zoom + 1) : one);
  }
  return result;
}

/** More columns than there are at the closest zoom where anything is joined. */
const COLUMNS = 2 ** 16;

/** Who lies within `radius` of one, itself among them. */
function neighbours(spotted: readonly Spotted[], radius: number): (one: Spotted) => Spotted[] {
  const squares = new Map<number, Spotted[]>();
  const column = (at: number) => Math.floor(at / radius);
  for (const one of spotted) {
    const key = column(one.x) * COLUMNS + column(one.y);
    const square = squares.get(key);
    if (square) square.push(one);
    else squares.set(key, [one]);
  }
  return (one) => {
    const near: Spotted[] = [];
    const middle = column(one.x) * COLUMNS + column(one.y);
    for (let x = -COLUMNS; x <= COLUMNS; x += COLUMNS) {
      for (let y = -1; y <= 1; y++) {
        for (const other of squares.get(middle + x + y) ?? NOBODY) {
          if ((other.x - one.x) ** 2 + (other.y - one.y) ** 2 <= radius * radius) near.push(other);
        }
      }
    }
    return near;
  };
}

const NOBODY: readonly Spotted[] = [];

function clusterOf(group: readonly Spotted[], opensAt: number): Cluster {
  const cluster: Cluster = { kind: 'cluster', x: 0, y: 0, count: 0, urgent: 0, real: 0, opensAt };
  for (const one of group) {
    const of = one.kind === 'cluster' ? one : { count: 1, urgent: one.mark.urgent, real: one.mark.real };
    cluster.count += of.count;
    cluster.urgent += of.urgent;
    cluster.real += of.real;
    cluster.x += one.x * of.count;
    cluster.y += one.y * of.count;
  }
  cluster.x /= cluster.count;
  cluster.y /= cluster.count;
  return cluster;
}
