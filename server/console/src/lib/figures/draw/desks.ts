import type { BarSeriesOption, EChartsOption } from 'echarts';
import { headOf, numberAt, textAt, type Table } from '../table';
import { DESK_COLUMN } from '../tables';
import { base, leading, nameAxis, TEXT_PX, type Draw, type Room } from './base';
import { aboveBar, drawRanked, fittedName } from './bars';

/** From this width on the three measures stand beside each other. */
const BESIDE_PX = 760;
/** Height above the bars, for what they mean, in pixels. */
const HEAD_PX = 28;

/** Where the three columns stand, in per cent of the width, and where in the table the number of their cases. */
const COLUMNS = [
  { column: DESK_COLUMN.cases, cases: DESK_COLUMN.cases, left: 0, width: 46 },
  { column: DESK_COLUMN.claimP90, cases: DESK_COLUMN.claimOver, left: 52, width: 16 },
  { column: DESK_COLUMN.onTimeShare, cases: DESK_COLUMN.onTime, left: 76, width: 16 },
] as const;

/** Cases, time until claimed and on time of each desk in one line; on a phone the bars are of the cases alone. */
export function drawDesks(table: Table, most: number, titles: readonly string[], say: (row: Table['rows'][number]) => string): Draw {
  const narrow = drawRanked(table, most, say);
  const { rows } = headOf(table, most, DESK_COLUMN.cases);
  return (room) => (room.width < BESIDE_PX ? narrow(room) : beside(room, rows, titles));
}

function beside(room: Room, rows: Table['rows'], titles: readonly string[]): EChartsOption {
  const names = nameAxis(room, rows.map((row) => textAt(row, DESK_COLUMN.name)));
  const first = COLUMNS[0];
  return {
    ...base(room),
    tooltip: { show: false },
    title: COLUMNS.map(({ left }, at) => ({
      text: titles[at] ?? '',
      left: `${left}%`,
      top: 0,
      padding: 0,
      textStyle: { fontSize: TEXT_PX, fontWeight: 500, color: room.look.dim },
    })),
    grid: COLUMNS.map(({ left, width }) => ({ left: `${left}%`, width: `${width}%`, top: HEAD_PX, bottom: 0, outerBoundsMode: 'none' })),
    xAxis: COLUMNS.map(({ column }, at) => ({
      type: 'value',
      gridIndex: at,
      show: false,
      min: 0,
      max: column === DESK_COLUMN.onTimeShare ? 100 : (range: { max: number }) => Math.max(1, range.max),
    })),
    yAxis: COLUMNS.map((_, at) => ({
      ...names,
      gridIndex: at,
      inverse: true,
      axisLine: { show: false },
      axisLabel: at === 0 ? aboveBar(room, (name) => fittedName(name, (room.width * first.width) / 100)) : { show: false },
    })),
    series: COLUMNS.map((of, at) => series(room, rows, of, at)),
  };
}

function series(room: Room, rows: Table['rows'], { column, cases }: (typeof COLUMNS)[number], at: number): BarSeriesOption {
  return {
    type: 'bar',
    xAxisIndex: at,
    yAxisIndex: at,
    barWidth: 10,
    itemStyle: { color: room.look.accent, borderRadius: 3 },
    data: rows.map((row) => ({ value: numberAt(row, column) ?? 0, name: textAt(row, column), ...leading(row, cases) })),
    label: { show: true, position: 'right', color: room.look.text, fontSize: TEXT_PX, formatter: '{b}' },
  };
}
