import type { ScatterSeriesOption } from 'echarts';
import type { Amounts } from '../amounts';
import { numberAt, textAt, type Cell, type Table } from '../table';
import { TIMES_OVER } from '../tables';
import { aboveBar } from './bars';
import { base, leading, nameAxis, NARROW_PX, TEXT_PX, type Draw, type Room } from './base';

/** The shortest time that is drawn, in seconds: a scale by tens has no zero. */
const LEAST_S = 0.1;
/** What people call a while: a tenth of a second to a hundred days. */
const TICKS_S = [0.1, 1, 10, 60, 600, 3600, 36_000, 86_400, 864_000, 8_640_000];
const MARKS = [
  { column: 1, symbol: 'circle', side: 'left' },
  { column: 2, symbol: 'diamond', side: 'top' },
  { column: 3, symbol: 'rect', side: 'right' },
] as const;

/** For each step a stretch from p50 over p90 to p95. The marks differ in form and are labelled. */
export function drawTimes({ rows, columns }: Table, amounts: Amounts): Draw {
  return (room) => {
    const narrow = room.width < NARROW_PX;
    const ticks = ticksOf(rows);
    // On a phone there is no room beside the marks.
    const labels = new Map(rows.map((row) => [textAt(row, 0), `{name|${textAt(row, 0)}}{says|${MARKS.map(({ column }) => textAt(row, column)).join(' · ')}}`]));
    const names = nameAxis(room, rows.map((row) => textAt(row, 0)));
    return {
      ...base(room),
      tooltip: { show: false },
      legend: { top: 0, left: 0, data: MARKS.map(({ column }) => columns[column]?.title ?? ''), itemGap: 20, itemWidth: 14, textStyle: { color: room.look.text, fontSize: TEXT_PX } },
      grid: { left: narrow ? 8 : 110, right: narrow ? 8 : 112, top: 56, bottom: 26, outerBoundsMode: 'none' },
      xAxis: {
        type: 'log',
        logBase: 10,
        min: ticks[0],
        max: ticks.at(-1),
        axisTick: { customValues: ticks },
        splitLine: { lineStyle: { color: room.look.line } },
        axisLabel: { color: room.look.dim, fontSize: TEXT_PX, hideOverlap: true, alignMinLabel: narrow ? 'left' : 'center', alignMaxLabel: narrow ? 'right' : 'center', customValues: ticks, formatter: (s: number) => amounts.duration(s * 1000) },
      },
      yAxis: {
        ...names,
        inverse: true,
        axisLine: { show: false },
        axisLabel: narrow
          ? aboveBar(room, (text) => labels.get(text) ?? text)
          : { ...names.axisLabel, color: room.look.text, fontSize: 14 },
      },
      series: [...rows.map((row) => stretch(room, row)), ...MARKS.map((mark) => points(room, rows, columns[mark.column]?.title ?? '', mark, narrow))],
    };
  };
}

/** The ticks around all that is drawn. */
function ticksOf(rows: Table['rows']): number[] {
  const all = rows.flatMap((row) => MARKS.map(({ column }) => at(row, column))).filter((s) => s !== null);
  const [least, most] = [Math.min(...all, 1), Math.max(...all, 60)];
  const first = TICKS_S.findLastIndex((tick) => tick <= least);
  const last = TICKS_S.findIndex((tick) => tick >= most);
  return TICKS_S.slice(Math.max(0, first), last < 0 ? undefined : last + 1);
}

function at(row: readonly Cell[], column: number): number | null {
  const s = numberAt(row, column);
  return s === null ? null : Math.max(LEAST_S, s);
}

function stretch(room: Room, row: readonly Cell[]) {
  const ends = [at(row, 1), at(row, 3)];
  return {
    type: 'line' as const,
    data: ends.includes(null) ? [] : ends.map((s) => [s as number, textAt(row, 0)]),
    silent: true,
    symbol: 'none',
    lineStyle: { color: room.look.accent, width: 6, opacity: 0.35, cap: 'round' as const },
  };
}

function points(room: Room, rows: Table['rows'], name: string, { column, symbol, side }: (typeof MARKS)[number], narrow: boolean): ScatterSeriesOption {
  return {
    type: 'scatter',
    name,
    symbol,
    symbolSize: symbol === 'diamond' ? 15 : 12,
    itemStyle: { color: room.look.accent, borderColor: room.look.panel, borderWidth: 1.5 },
    data: rows.flatMap((row) => {
      const s = at(row, column);
      return s === null ? [] : [{ value: [s, textAt(row, 0)], name: textAt(row, column), ...leading(row, TIMES_OVER) }];
    }),
    label: {
      show: !narrow,
      position: side,
      distance: 7,
      color: room.look.text,
      fontSize: TEXT_PX,
      formatter: ({ name: text }: { name: string }) => text,
    },
  };
}

