import type { EChartsOption } from 'echarts';
import type { Lead } from '../leads';
import { FONT, type Look } from '../look';
import { leadAt, numberAt, type Cell } from '../table';

/** Room for a chart, in pixels. */
export interface Room {
  width: number;
  look: Look;
}

export type Draw = (room: Room) => EChartsOption;

export const TEXT_PX = 13;
/** Below this a chart is drawn for a phone. */
export const NARROW_PX = 560;

/** What all charts have in common. Nothing moves. */
export function base({ look }: Room): EChartsOption {
  return {
    animation: false,
    textStyle: { fontFamily: FONT, fontSize: TEXT_PX, color: look.text },
    tooltip: {
      renderMode: 'richText',
      confine: true,
      backgroundColor: look.panel,
      borderColor: look.strong,
      borderWidth: 1,
      padding: [10, 12],
      textStyle: { fontFamily: FONT, fontSize: TEXT_PX, color: look.text },
    },
  };
}

/** What of a drawn thing says where a click on it leads. */
export interface Leading {
  lead?: Lead;
  cursor: 'pointer' | 'default';
}

/** A click on what is drawn of a row leads to the cases whose number stands in its `column`. */
export function leading(row: readonly Cell[], column: number): Leading {
  const lead = leadAt(row, column);
  return lead ? { lead, cursor: 'pointer' } : { cursor: 'default' };
}

/** A number of cases as it is drawn. */
export function counted(row: readonly Cell[], column: number): { value: number | null } & Leading {
  return { value: numberAt(row, column), ...leading(row, column) };
}

/** An axis of names. */
export function nameAxis({ look }: Room, names: readonly string[]) {
  return {
    type: 'category' as const,
    data: [...names],
    axisLine: { lineStyle: { color: look.strong } },
    axisTick: { show: false },
    axisLabel: { color: look.dim, fontSize: TEXT_PX, fontFamily: FONT },
  };
}

/** An axis of numbers of cases, from zero, in whole numbers. */
export function countAxis({ look }: Room, text: (n: number) => string) {
  return {
    type: 'value' as const,
    minInterval: 1,
    splitNumber: 4,
    splitLine: { lineStyle: { color: look.line } },
    axisLabel: { color: look.dim, fontSize: TEXT_PX, fontFamily: FONT, formatter: text },
  };
}
