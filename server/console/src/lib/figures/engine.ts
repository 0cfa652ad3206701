import type { EChartsOption } from 'echarts';
import { BarChart, LineChart, ScatterChart } from 'echarts/charts';
import { GeoComponent, GridComponent, LegendComponent, TitleComponent, TooltipComponent } from 'echarts/components';
import { init, registerMap, use } from 'echarts/core';
import { LabelLayout } from 'echarts/features';
import { SVGRenderer } from 'echarts/renderers';
import type { Leading } from './draw/base';
import { MAP_NAME } from './draw/world';
import type { Lead } from './leads';
import { FONT, type Look } from './look';
import type { World } from './world';

use([BarChart, LineChart, ScatterChart, GeoComponent, GridComponent, LegendComponent, TitleComponent, TooltipComponent, LabelLayout, SVGRenderer]);

/** A chart on the page. */
export interface Drawn {
  /** Before a map is shown. */
  knowWorld: (world: World) => void;
  show: (option: EChartsOption, size: { width: number; height: number }) => void;
  dispose: () => void;
}

/** A chart in `element`. A click on what has cases behind it leads to them. */
export function drawIn(element: HTMLElement, onlead: (lead: Lead) => void): Drawn {
  const chart = init(element, null, { renderer: 'svg', width: element.clientWidth || 1, height: element.clientHeight || 1 });
  chart.on('click', ({ data }) => {
    const { lead } = (data ?? {}) as Partial<Leading>;
    if (lead) onlead(lead);
  });
  return {
    knowWorld,
    show: (option, size) => {
      chart.resize({ ...size, silent: true });
      chart.setOption(option, { notMerge: true });
    },
    dispose: () => chart.dispose(),
  };
}

let known: World | null = null;

/** Says how land looks, once the map has come. */
function knowWorld(world: World): void {
  if (known === world) return;
  known = world;
  registerMap(MAP_NAME, { geoJSON: world.shapes } as Parameters<typeof registerMap>[1]);
}

export interface Sheet {
  width: number;
  height: number;
  title: string;
  /** What the title stands for: days, clock, over how many cases. */
  lines: readonly string[];
  look: Look;
}

/** Room above a chart in a file, for its title and what it is of, in pixels. */
const TITLE_PX = 46;
const LINE_PX = 20;
const MARGIN_PX = 24;

/** The chart as a file of its own: it says what it is of, wherever it is put. */
export function svgOf(option: EChartsOption, { width, height, title, lines, look }: Sheet): string {
  const top = MARGIN_PX + TITLE_PX + lines.length * LINE_PX;
  const inner = init(null, null, { renderer: 'svg', ssr: true, width: width - 2 * MARGIN_PX, height });
  const whole = init(null, null, { renderer: 'svg', ssr: true, width, height: top + height + MARGIN_PX });
  try {
    inner.setOption(option);
    whole.setOption({
      animation: false,
      backgroundColor: look.panel,
      title: {
        left: MARGIN_PX,
        top: MARGIN_PX,
        text: title,
        subtext: lines.join('\n'),
        textStyle: { fontFamily: FONT, fontSize: 20, fontWeight: 600, color: look.text },
        subtextStyle: { fontFamily: FONT, fontSize: 14, lineHeight: LINE_PX, color: look.dim },
      },
    });
    // From a file nothing leads to cases.
    const drawing = inner.renderToSVGString().replaceAll('cursor:pointer', 'cursor:default');
    return nest(whole.renderToSVGString(), drawing, MARGIN_PX, top);
  } finally {
    inner.dispose();
    whole.dispose();
  }
}

/** Puts one picture into another. */
function nest(outer: string, inner: string, x: number, y: number): string {
  return outer.replace(/<\/svg>\s*$/, `${inner.replace('<svg ', `<svg x="${x}" y="${y}" `)}</svg>`);
}
