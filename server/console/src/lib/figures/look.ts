import type { Theme } from '../../state/settings.svelte';
import { BASE_COLOURS } from '../map/look';

/** The colours of a chart: those of the page, and of its maps. */
export interface Look {
  text: string;
  dim: string;
  line: string;
  strong: string;
  panel: string;
  raise: string;
  accent: string;
  good: string;
  warn: string;
  sea: string;
  land: string;
  border: string;
  island: string;
}

export const FONT = "'Be Vietnam Pro', system-ui, sans-serif";

/** Reads the tokens as the page has them in `theme`; it need not be the one on the screen. */
export function lookOf(theme: Theme, root: HTMLElement = document.documentElement): Look {
  const shown = root.dataset.theme;
  root.dataset.theme = theme;
  const style = getComputedStyle(root);
  const token = (name: string) => style.getPropertyValue(`--${name}`).trim();
  const { sea, land, border, islandText } = BASE_COLOURS[theme];
  const look: Look = {
    text: token('text'),
    dim: token('dim'),
    line: token('line'),
    strong: token('line-strong'),
    panel: token('panel'),
    raise: token('raise'),
    accent: token('accent'),
    good: token('ok'),
    warn: token('p2'),
    sea,
    land,
    border,
    island: islandText,
  };
  // Nothing is painted in between.
  if (shown !== undefined) root.dataset.theme = shown;
  return look;
}
