import type { Amounts } from '../amounts';
import { headOf, textAt, type Table } from '../table';
import { base, countAxis, counted, nameAxis, NARROW_PX, TEXT_PX, type Draw, type Room } from './base';
import { acrossTooltip } from './course';

/** Height of a bar with its name above it, in pixels. */
export const ROW_PX = 52;

/** Columns side by side, in the order of the table: hours, weekdays. */
export function drawColumns(table: Table, amounts: Amounts, short: (name: string, at: number, width: number) => string): Draw {
  const { rows, columns } = table;
  return (room) => {
    const axis = nameAxis(room, rows.map((row, at) => short(textAt(row, 0), at, room.width)));
    const labelled = room.width / rows.length >= 34;
    return {
      ...base(room),
      ...acrossTooltip(room, amounts),
      grid: { left: 4, right: 8, top: 26, bottom: 4 },
      xAxis: { ...axis, axisLabel: { ...axis.axisLabel, interval: 0 } },
      yAxis: countAxis(room, (n) => amounts.count(n)),
      series: [
        {
          type: 'bar',
          name: columns[1]?.title ?? '',
          data: rows.map((row) => counted(row, 1)),
          barMaxWidth: 54,
          barCategoryGap: '28%',
          itemStyle: { color: room.look.accent, borderRadius: [3, 3, 0, 0] },
          label: { show: labelled, position: 'top', color: room.look.text, fontSize: TEXT_PX, formatter: ({ value }) => amounts.count(Number(value)) },
        },
      ],
    };
  };
}

/** Bars below each other, each under its name and what is to be said of it, so that long names have all the width. */
export function drawRanked(table: Table, most: number, say: (row: Table['rows'][number]) => string): Draw {
  const { rows } = headOf(table, most, 1);
  return (room) => {
    const axis = nameAxis(room, rows.map((row) => `${textAt(row, 0)}\n${say(row)}`));
    const narrow = room.width < NARROW_PX;
    return {
      ...base(room),
      tooltip: { show: false },
      grid: { left: 0, right: 4, top: 26, bottom: 0, outerBoundsMode: 'none' },
      xAxis: { type: 'value', show: false, min: 0, max: (range: { max: number }) => Math.max(1, range.max) },
      yAxis: {
        ...axis,
        inverse: true,
        axisLine: { show: false },
        axisLabel: aboveBar(room, (text) => label(text, room.width, narrow)),
      },
      series: [
        {
          type: 'bar',
          data: rows.map((row) => counted(row, 1)),
          barWidth: 10,
          showBackground: true,
          backgroundStyle: { color: room.look.line, borderRadius: 3 },
          itemStyle: { color: room.look.accent, borderRadius: 3 },
        },
      ],
    };
  };
}

/** A name above its bar. */
export function aboveBar({ look }: Room, formatter: (text: string) => string) {
  return {
    inside: true,
    align: 'left' as const,
    verticalAlign: 'bottom' as const,
    padding: [0, 0, 7, -8],
    interval: 0,
    formatter,
    rich: {
      name: { color: look.text, fontSize: 14, fontWeight: 500 as const, lineHeight: 20, padding: [0, 10, 0, 0] },
      says: { color: look.dim, fontSize: TEXT_PX, lineHeight: 20 },
    },
  };
}

export function rankedHeight(rows: number, width: number): number {
  return 26 + rows * (width < NARROW_PX ? ROW_PX + 18 : ROW_PX);
}

/** About how wide a letter of a name is. */
const LETTER_PX = 7.3;
/** Letters that are kept at the end of a name: where a desk is stands there. */
const TAIL = 14;

/** Name and numbers in one line, on a phone in two; what does not fit is left out of the name. */
function label(text: string, width: number, narrow: boolean): string {
  const [name = '', says = ''] = text.split('\n');
  const fitting = fittedName(name, narrow ? width : width - says.length * LETTER_PX - 30);
  return `${fitting}${narrow ? '\n' : ''}{says|${plain(says)}}`;
}

/** A name in so many pixels: some of its middle is left out where it is too long. */
export function fittedName(name: string, width: number): string {
  const letters = Math.max(2 * TAIL, Math.floor(width / LETTER_PX));
  const fitting = name.length <= letters ? name : `${name.slice(0, letters - TAIL - 1).trimEnd()}…${name.slice(-TAIL).trimStart()}`;
  return `{name|${plain(fitting)}}`;
}

/** Braces and bars have a meaning in a label. */
function plain(text: string): string {
  return text.replace(/[{}|]/g, ' ');
}
