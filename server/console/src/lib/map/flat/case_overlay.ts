import type { CaseId } from '@protocol';
import type { Feature, FeatureCollection, Point, Position } from 'geojson';
import { drawIcons, ICON_PX } from '../icons';
import {
  CASE_MARK,
  CHOSEN_MARK,
  CLUSTER_CIRCLE_PX,
  CLUSTER_RIM,
  CLUSTER_RIM_PX,
  CLUSTER_TEXT_PX,
  MARK_INK,
  NAME_HALO_PX,
  NAME_WIDTH_EM,
  rampAt,
  TRAIL,
  type MarkInk,
} from '../look';
import type { CaseMarkProperties, Marks } from '../marks';
import { Clusters, countOf, type Cluster, type Lone } from './clusters';
import { boxOf, type Lettering, type Words } from './lettering';
import { nearest, pixelOf, spotOf, type Camera, type Pixel, type Size } from './mercator';
import { holds, type Box } from './placing';
import type { Overlay, Scene } from './stage';

/** What a click means. */
export type Target = { kind: 'case'; id: CaseId } | { kind: 'cluster'; cluster: Cluster };

interface Mark {
  at: Pixel;
  properties: CaseMarkProperties;
  /** Its name, where there is room for it. */
  name: { words: Words; top: Pixel } | null;
}

interface Circle {
  at: Pixel;
  radius: number;
  cluster: Cluster;
}

/** Marks further outside than this reach nowhere into the map, in pixels. */
const REACH_PX = 120;
/** Half of what a fingertip covers. */
const TOUCH_PX = 20;

/** The marks of the cases. */
export class CaseOverlay implements Overlay {
  readonly #sources: { [K in keyof Marks]?: Marks[K] } = {};
  #clusters: Clusters | null = null;
  #icons = new Map<string, CanvasImageSource>();
  #iconRatio = 0;
  #circles: Circle[] = [];
  #marks: Mark[] = [];
  #chosen: Mark[] = [];

  fill(source: keyof Marks, data: FeatureCollection): void {
    Object.assign(this.#sources, { [source]: data });
    if (source === 'cases') this.#clusters = new Clusters(data as FeatureCollection<Point>);
  }

  /** What lies under a pointer: the nearest mark, what is named there, or the cases drawn as one. */
  targetAt(at: Pixel): Target | null {
    const mark = nearestTo(at, this.#marks) ?? this.#marks.find(({ name }) => name && holds(boxOf(name.words, name.top), at));
    if (mark) return { kind: 'case', id: mark.properties.id };
    const circle = this.#circles.find(({ at: middle, radius }) => apart(at, middle) <= Math.max(radius + CLUSTER_RIM_PX, TOUCH_PX));
    return circle ? { kind: 'cluster', cluster: circle.cluster } : null;
  }

  arrange({ camera, size, placing, lettering }: Scene): void {
    const spotted = (this.#clusters?.at(camera.zoom) ?? []).flatMap((one) => {
      const at = pixelOf({ x: nearest(one.x, camera.x), y: one.y }, camera, size);
      return isNear(at, size) ? [{ one, at }] : [];
    });
    this.#circles = spotted.flatMap(({ one, at }) => (one.kind === 'cluster' ? [circleOf(one, at)] : []));
    this.#marks = spotted.flatMap(({ one, at }) => (one.kind === 'lone' ? [markOf(one, at)] : []));
    // Drawn from below to above; the names of what lies above have their places first.
    this.#marks.sort((a, b) => a.properties.rank - b.properties.rank);
    this.#chosen = (this.#sources.chosen?.features ?? []).map((feature) => chosenOf(feature, camera, size, lettering));
    for (const { name } of this.#chosen) if (name) placing.occupy(boxOf(name.words, name.top));
    for (const { at, radius } of this.#circles) placing.occupy(squareAround(at, radius));
    for (const mark of [...this.#marks].reverse()) {
      const name = nameOf(mark, CASE_MARK, lettering);
      if (placing.take(boxOf(name.words, name.top))) mark.name = name;
    }
  }

  paint(scene: Scene): void {
    const ink = MARK_INK[scene.theme];
    this.#drawIcons(scene.ratio);
    this.#paintTrail(scene, ink);
    for (const circle of this.#circles) paintCircle(scene, circle, ink);
    for (const { at, properties } of this.#marks) this.#paintIcon(scene, at, properties.icon, CASE_MARK.icon);
    for (const mark of this.#marks) paintName(scene, mark, ink);
    for (const mark of this.#chosen) {
      paintRing(scene, mark.at, ink);
      this.#paintIcon(scene, mark.at, mark.properties.icon, CHOSEN_MARK.icon);
      paintName(scene, mark, ink);
    }
  }

  /** In the very pixels of the screen: icons that are made smaller in drawing are blurred. */
  #drawIcons(ratio: number): void {
    if (this.#iconRatio === ratio) return;
    this.#iconRatio = ratio;
    this.#icons.clear();
    for (const size of [CASE_MARK.icon, CHOSEN_MARK.icon]) {
      for (const { name, image } of drawIcons(size * ratio)) this.#icons.set(`${name} ${size}`, image);
    }
  }

  #paintIcon({ context, ratio }: Scene, [x, y]: Pixel, name: string, size: number): void {
    const image = this.#icons.get(`${name} ${size}`);
    if (!image) return;
    const width = Math.round(ICON_PX * size * ratio) / ratio;
    const whole = (at: number) => Math.round(at * ratio) / ratio;
    context.drawImage(image, whole(x - width / 2), whole(y - width / 2), width, width);
  }

  #paintTrail({ context, camera, size }: Scene, ink: MarkInk): void {
    const { uncertainty, trail, trailPoints } = this.#sources;
    context.fillStyle = context.strokeStyle = ink.trail;
    for (const { geometry } of uncertainty?.features ?? []) {
      trace(context, geometry.coordinates[0] ?? [], camera, size);
      context.globalAlpha = TRAIL.fillOpacity;
      context.fill();
      context.globalAlpha = TRAIL.edgeOpacity;
      context.lineWidth = TRAIL.edge;
      context.stroke();
    }
    context.lineWidth = TRAIL.width;
    context.lineCap = 'round';
    for (const { geometry, properties } of trail?.features ?? []) {
      context.globalAlpha = Number(properties?.strength);
      trace(context, geometry.coordinates, camera, size);
      context.stroke();
    }
    for (const { geometry, properties } of trailPoints?.features ?? []) {
      context.globalAlpha = Number(properties?.strength);
      context.beginPath();
      context.arc(...pixelNear(geometry.coordinates, camera, size), TRAIL.point, 0, 2 * Math.PI);
      context.fill();
    }
    context.globalAlpha = 1;
    context.lineCap = 'butt';
  }
}

function circleOf(cluster: Cluster, at: Pixel): Circle {
  return { at, cluster, radius: rampAt(CLUSTER_CIRCLE_PX, cluster.count) };
}

function markOf({ mark }: Lone, at: Pixel): Mark {
  return { at, properties: mark, name: null };
}

function chosenOf(feature: Feature<Point, CaseMarkProperties>, camera: Camera, size: Size, lettering: Lettering): Mark {
  const mark: Mark = { at: pixelNear(feature.geometry.coordinates, camera, size), properties: feature.properties, name: null };
  return { ...mark, name: nameOf(mark, CHOSEN_MARK, lettering) };
}

function nameOf({ at: [x, y], properties }: Mark, look: { text: number; offset: number }, lettering: Lettering): NonNullable<Mark['name']> {
  return { words: lettering.words(properties.name, look.text, NAME_WIDTH_EM), top: [x, y + look.offset * look.text] };
}

function paintCircle({ context, lettering }: Scene, { at: [x, y], radius, cluster }: Circle, ink: MarkInk): void {
  context.beginPath();
  context.arc(x, y, radius + CLUSTER_RIM_PX / 2, 0, 2 * Math.PI);
  context.fillStyle = ink.cluster;
  context.fill();
  context.lineWidth = CLUSTER_RIM_PX;
  context.strokeStyle = cluster.urgent > 0 ? CLUSTER_RIM.urgent : cluster.real > 0 ? CLUSTER_RIM.real : CLUSTER_RIM.drills;
  context.stroke();
  const words = lettering.words(String(countOf(cluster)), CLUSTER_TEXT_PX, NAME_WIDTH_EM);
  lettering.write(words, [x, y - words.height / 2], { text: ink.text, halo: ink.halo, halo_px: 0 });
}

function paintRing({ context }: Scene, [x, y]: Pixel, ink: MarkInk): void {
  context.beginPath();
  context.arc(x, y, CHOSEN_MARK.ring + CHOSEN_MARK.rim / 2, 0, 2 * Math.PI);
  context.lineWidth = CHOSEN_MARK.rim;
  context.strokeStyle = ink.text;
  context.stroke();
}

function paintName({ lettering }: Scene, { name }: Mark, { text, halo }: MarkInk): void {
  if (name) lettering.write(name.words, name.top, { text, halo, halo_px: NAME_HALO_PX });
}

/** A way of places, all of them in the same copy of the world. */
function trace(context: CanvasRenderingContext2D, line: readonly Position[], camera: Camera, size: Size): void {
  let before = camera.x;
  context.beginPath();
  for (const at of line) {
    const spot = spotOf(at);
    before = nearest(spot.x, before);
    context.lineTo(...pixelOf({ x: before, y: spot.y }, camera, size));
  }
}

function pixelNear(at: Position, camera: Camera, size: Size): Pixel {
  const spot = spotOf(at);
  return pixelOf({ x: nearest(spot.x, camera.x), y: spot.y }, camera, size);
}

/** Of marks in the same place, the uppermost. */
function nearestTo(at: Pixel, marks: readonly Mark[]): Mark | undefined {
  let [found, best]: [Mark | undefined, number] = [undefined, TOUCH_PX];
  for (const mark of marks) {
    const distance = apart(at, mark.at);
    if (distance <= best) [found, best] = [mark, distance];
  }
  return found;
}

function apart([x1, y1]: Pixel, [x2, y2]: Pixel): number {
  return Math.hypot(x2 - x1, y2 - y1);
}

function squareAround([x, y]: Pixel, half: number): Box {
  return { left: x - half, top: y - half, right: x + half, bottom: y + half };
}

function isNear([x, y]: Pixel, { width, height }: Size): boolean {
  return x > -REACH_PX && x < width + REACH_PX && y > -REACH_PX && y < height + REACH_PX;
}
