import type { EChartsOption } from 'echarts';
import type { Amounts } from '../amounts';
import { textAt, type Table } from '../table';
import { base, countAxis, counted, nameAxis, NARROW_PX, TEXT_PX, type Draw, type Room } from './base';

/** Cases opened as columns; closed and on time as lines that differ in form as well as in colour. */
export function drawCourse({ columns, rows }: Table, amounts: Amounts): Draw {
  return (room) => ({
    ...base(room),
    ...acrossTooltip(room, amounts),
    legend: {
      top: 0,
      left: 0,
      itemGap: 18,
      itemWidth: 26,
      textStyle: { color: room.look.text, fontSize: TEXT_PX },
    },
    grid: { left: 4, right: 12, top: room.width < NARROW_PX ? 76 : 44, bottom: 4 },
    xAxis: daysAxis(room, rows),
    yAxis: countAxis(room, (n) => amounts.count(n)),
    series: [
      {
        type: 'bar',
        name: columns[1]?.title ?? '',
        data: rows.map((row) => counted(row, 1)),
        barMaxWidth: 44,
        barCategoryGap: rows.length > POINTS_MAX ? '0%' : '24%',
        itemStyle: { color: room.look.accent, opacity: 0.45, borderRadius: [3, 3, 0, 0] },
      },
      line(room, rows, 2, columns[2]?.title, { colour: room.look.text, dash: 'solid', symbol: 'circle' }),
      line(room, rows, 3, columns[3]?.title, { colour: room.look.good, dash: 'dashed', symbol: 'diamond' }),
    ],
  });
}

/** Days of one year are named without it; the table and what the pointer is over name it. */
function daysAxis(room: Room, rows: Table['rows']) {
  const axis = nameAxis(room, rows.map((row) => textAt(row, 0)));
  const years = new Set(rows.map((row) => String(row[0]?.value).slice(0, 4)));
  const formatter = (text: string) => (years.size === 1 && text.length === DAY_LENGTH ? text.slice(0, 5) : text);
  return { ...axis, axisLabel: { ...axis.axisLabel, hideOverlap: true, formatter } };
}

/** Of `22/11/2026`. */
const DAY_LENGTH = 10;

interface LineForm {
  colour: string;
  dash: 'solid' | 'dashed';
  symbol: string;
}

/** Points are drawn while there is room for them. */
const POINTS_MAX = 60;

function line(room: Room, rows: Table['rows'], column: number, name: string | undefined, form: LineForm) {
  return {
    type: 'line' as const,
    name: name ?? '',
    data: rows.map((row) => counted(row, column)),
    // Of the line; its points have their own.
    cursor: 'default',
    symbol: form.symbol,
    symbolSize: form.symbol === 'diamond' ? 9 : 6,
    showSymbol: rows.length <= POINTS_MAX && room.width >= rows.length * 8,
    lineStyle: { color: form.colour, width: 2, type: form.dash },
    itemStyle: { color: form.colour },
  };
}

/** All numbers of what the pointer is over. */
export function acrossTooltip(room: Room, amounts: Amounts): EChartsOption {
  const { tooltip } = base(room);
  return {
    tooltip: {
      ...tooltip,
      trigger: 'axis',
      axisPointer: { type: 'shadow', shadowStyle: { color: room.look.text, opacity: 0.08 } },
      valueFormatter: (value) => (typeof value === 'number' ? amounts.count(value) : ''),
    },
  };
}
