import type { FeatureCollection } from 'geojson';
import type { Language } from '../../i18n/format';
import {
  BASE_COLOURS,
  BASE_FILES,
  BASE_HALO_PX,
  CITY_DOT,
  CITY_OFFSET_EM,
  CITY_RANKS,
  CITY_TEXT_PX,
  COUNTRY_RANKS,
  COUNTRY_TEXT_PX,
  DETAIL_ZOOM_MIN,
  rampAt,
  stepAt,
  type MapTheme,
} from '../look';
import { boxOf, type Lettering, type Words } from './lettering';
import { nearest, pixelOf, spotOf, type Camera, type Pixel, type Size, type Spot } from './mercator';
import type { Placing } from './placing';
import { loadFile } from './shapes';

type Kind = 'island' | 'country' | 'city';

/** A name on the base map. */
export interface Label {
  kind: Kind;
  spot: Spot;
  rank: number;
  name: Record<Language, string>;
}

interface Placed {
  kind: Kind;
  words: Words;
  top: Pixel;
}

/** MapLibre's own width of a line, in the size of the words. */
const LINE_WIDTH_EM = 10;
/** Words further outside than this reach nowhere into the map, in pixels. */
const REACH_PX = 160;

/** Names of islands, countries and cities, each kind before the next. `missing`: a file could not be had. */
export async function loadLabels(): Promise<{ labels: Label[]; missing: boolean }> {
  const kinds: [Kind, string][] = [
    ['island', BASE_FILES.islands],
    ['country', BASE_FILES.labels],
    ['city', BASE_FILES.cities],
  ];
  const files = await Promise.allSettled(kinds.map(([, file]) => loadFile(file)));
  const labels = files.flatMap((file, i) => (file.status === 'fulfilled' ? labelsOf(kinds[i]?.[0] ?? 'city', file.value) : []));
  return { labels, missing: files.some(({ status }) => status === 'rejected') };
}

function labelsOf(kind: Kind, file: FeatureCollection): Label[] {
  const labels = file.features.flatMap(({ geometry, properties }) => {
    // A country without a code is none that is named.
    if (geometry.type !== 'Point' || !properties || properties.iso === '') return [];
    const { vi, name } = properties as { vi: string; name?: string };
    const rank = Number(kind === 'city' ? properties.sr : (properties.lr ?? 0));
    return [{ kind, spot: spotOf(geometry.coordinates), rank, name: { vi, en: name ?? vi } }];
  });
  return kind === 'country' ? labels.sort((a, b) => a.rank - b.rank) : labels;
}

/** The names of the base map: those that are to be seen at a zoom, where there is room for them. */
export class BaseLabels {
  #labels: Label[] = [];
  #placed: Placed[] = [];
  #dots: Pixel[] = [];

  set(labels: Label[]): void {
    this.#labels = labels;
  }

  arrange(camera: Camera, size: Size, language: Language, placing: Placing, lettering: Lettering): void {
    const country_px = Math.round(rampAt(COUNTRY_TEXT_PX, camera.zoom));
    this.#placed = [];
    this.#dots = [];
    for (const label of this.#labels) {
      if (!isShown(label, camera.zoom)) continue;
      const at = pixelOf({ x: nearest(label.spot.x, camera.x), y: label.spot.y }, camera, size);
      if (!isNear(at, size)) continue;
      if (label.kind === 'city') this.#dots.push(at);
      const words = lettering.words(label.name[language], label.kind === 'country' ? country_px : CITY_TEXT_PX, LINE_WIDTH_EM);
      const top: Pixel = [at[0], label.kind === 'city' ? at[1] + CITY_OFFSET_EM * CITY_TEXT_PX : at[1] - words.height / 2];
      const box = boxOf(words, top);
      if (label.kind === 'island') placing.occupy(box);
      else if (!placing.take(box)) continue;
      this.#placed.push({ kind: label.kind, words, top });
    }
  }

  paint(context: CanvasRenderingContext2D, theme: MapTheme, lettering: Lettering): void {
    const c = BASE_COLOURS[theme];
    context.fillStyle = c.city;
    context.strokeStyle = c.halo;
    context.lineWidth = CITY_DOT.rim;
    for (const [x, y] of this.#dots) {
      context.beginPath();
      context.arc(x, y, CITY_DOT.radius, 0, 2 * Math.PI);
      context.fill();
      context.beginPath();
      context.arc(x, y, CITY_DOT.radius + CITY_DOT.rim / 2, 0, 2 * Math.PI);
      context.stroke();
    }
    const text = { island: c.islandText, country: c.countryText, city: c.cityText };
    for (const { kind, words, top } of [...this.#placed].reverse()) {
      lettering.write(words, top, { text: text[kind], halo: c.halo, halo_px: BASE_HALO_PX });
    }
  }
}

function isShown({ kind, rank }: Label, zoom: number): boolean {
  if (kind === 'country') return rank <= stepAt(COUNTRY_RANKS, zoom);
  return zoom >= DETAIL_ZOOM_MIN && (kind === 'island' || rank <= stepAt(CITY_RANKS, zoom));
}

function isNear([x, y]: Pixel, { width, height }: Size): boolean {
  return x > -REACH_PX && x < width + REACH_PX && y > -REACH_PX && y < height + REACH_PX;
}
