import { MAP_FONT } from '../font';
import type { Pixel } from './mercator';
import type { Box } from './placing';

/** Words that lie on the map, broken into lines. */
export interface Words {
  lines: string[];
  text_px: number;
  width: number;
  height: number;
}

export interface Ink {
  text: string;
  halo: string;
  halo_px: number;
}

const LINE_HEIGHT_EM = 1.2;
/** The middle of what a canvas writes is that of its tallest signs: letters without them look too high. */
const SHIFT_EM = 0.08;
/** Free space kept around words, in pixels. */
const PADDING_PX = 2;
/** Widths of words that are remembered; all are forgotten when there are more. */
const WIDTHS_MAX = 4_000;

/** Measures and writes words. Measuring is slow, and names stay the same. */
export class Lettering {
  readonly #context: CanvasRenderingContext2D;
  readonly #words = new Map<string, Words>();

  constructor(context: CanvasRenderingContext2D) {
    this.#context = context;
  }

  /** Lines no wider than `width_em`, where words are short enough. */
  words(text: string, text_px: number, width_em: number): Words {
    const key = `${text_px} ${text}`;
    const known = this.#words.get(key);
    if (known) return known;
    if (this.#words.size >= WIDTHS_MAX) this.#words.clear();
    this.#context.font = fontOf(text_px);
    const measure = (line: string) => this.#context.measureText(line).width;
    const lines = broken(text, text_px * width_em, measure);
    const words = { lines, text_px, width: Math.max(0, ...lines.map(measure)), height: lines.length * text_px * LINE_HEIGHT_EM };
    this.#words.set(key, words);
    return words;
  }

  /** `top`: middle of the upper edge. */
  write({ lines, text_px }: Words, [x, top]: Pixel, { text, halo, halo_px }: Ink): void {
    const context = this.#context;
    context.font = fontOf(text_px);
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    context.lineJoin = 'round';
    context.lineWidth = 2 * halo_px;
    context.strokeStyle = halo;
    context.fillStyle = text;
    lines.forEach((line, i) => {
      const y = top + ((i + 0.5) * LINE_HEIGHT_EM + SHIFT_EM) * text_px;
      if (halo_px > 0) context.strokeText(line, x, y);
      context.fillText(line, x, y);
    });
  }
}

/** What `words` take up under `top`. */
export function boxOf({ width, height }: Words, [x, top]: Pixel): Box {
  return {
    left: x - width / 2 - PADDING_PX,
    top: top - PADDING_PX,
    right: x + width / 2 + PADDING_PX,
    bottom: top + height + PADDING_PX,
  };
}

/** Lines of about the same width, as few as there have to be. */
export function broken(text: string, width: number, measure: (line: string) => number): string[] {
  const count = Math.ceil(measure(text) / width);
  if (count <= 1) return [text];
  const aim = measure(text) / count;
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line ? `${line} ${word}` : word;
    const isBetter = measure(longer) <= width && (measure(longer) <= aim || aim - measure(line) > measure(longer) - aim);
    if (line && !isBetter) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line];
}

function fontOf(text_px: number): string {
  return `400 ${text_px}px '${MAP_FONT}', sans-serif`;
}
