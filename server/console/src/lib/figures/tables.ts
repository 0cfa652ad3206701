import type { FigureGroup, Figures, Part, Took } from '@protocol';
import { NONE, shareOf } from './amounts';
import { lineText } from './lead_words';
import { TIMED, type CasesOf, type Lead } from './leads';
import type { Cell, Column, Table } from './table';
import { dayText, type FigureWords } from './words';

/** The tables behind the charts, one for each. */

export const MEASURES = ['receive', 'ring', 'claim', 'close'] as const;
export type Measure = (typeof MEASURES)[number];

/** Where in the table of desks the columns that are drawn stand, and those of their cases. */
export const DESK_COLUMN = { name: 0, cases: 1, claimP90: 3, claimOver: 4, onTime: 5, onTimeShare: 7 } as const;

/** Where in the table of times stands how many cases they are over. */
export const TIMES_OVER = 4;

const words = (title: string): Column => ({ title, isNumber: false });
const number = (title: string, unit?: string): Column => ({ title, isNumber: true, ...(unit && { unit }) });
const said = (text: string): Cell => ({ text, value: text });

export function courseTable({ course, spans }: Figures, w: FigureWords): Table {
  const { column } = w.f;
  return {
    columns: [words(column.from), number(column.opened), number(column.closed), number(column.onTime)],
    rows: course.map(({ from, opened, closed, on_time }) => [
      { text: spans === 'month' && from.endsWith('-01') ? dayText(from, w).slice(3) : dayText(from, w), value: from },
      ...countsOf({ by: 'span', from }, [['cases', opened], ['closed', closed], ['on_time', on_time]], w),
    ]),
  };
}

export function hourTable(figures: Figures, w: FigureWords): Table {
  const { by_hour, query } = figures;
  return {
    columns: [words(`${w.f.column.hour} (${query.zone})`), ...countColumns(w)],
    rows: by_hour.map((n, hour) => lineCells({ by: 'hour', hour }, n, figures, w)),
  };
}

export function weekdayTable(figures: Figures, w: FigureWords): Table {
  const { by_weekday, query } = figures;
  return {
    columns: [words(`${w.f.column.weekday} (${query.zone})`), ...countColumns(w)],
    rows: by_weekday.map((n, weekday) => lineCells({ by: 'weekday', weekday }, n, figures, w)),
  };
}

export function kindTable(figures: Figures, w: FigureWords): Table {
  return {
    columns: [words(w.f.column.kind), ...countColumns(w)],
    rows: figures.by_kind.map(({ kind, cases }) => lineCells({ by: 'kind', kind: kind ?? null }, cases, figures, w)),
  };
}

export function dispositionTable(figures: Figures, w: FigureWords): Table {
  return {
    columns: [words(w.f.column.disposition), ...countColumns(w)],
    rows: figures.by_disposition.map(({ disposition, cases }) => lineCells({ by: 'disposition', disposition: disposition ?? null }, cases, figures, w)),
  };
}

export function timesTable({ times }: Figures, w: FigureWords): Table {
  const { column } = w.f;
  const seconds = (title: string) => number(title, column.seconds);
  return {
    columns: [words(w.f.times.measure), seconds(column.p50), seconds(column.p90), seconds(column.p95), number(column.over), number(column.without)],
    rows: MEASURES.map((measure) => {
      const took = times[measure];
      const { p50_ms, p90_ms, p95_ms } = took;
      return [
        said(w.f.times[measure]),
        ...[p50_ms, p90_ms, p95_ms].map((ms) => duration(ms, w)),
        count(took.over, { of: TIMED[measure].over }, w),
        count(took.without, { of: TIMED[measure].without }, w),
      ];
    }),
  };
}

export function countryTable(figures: Figures, w: FigureWords): Table {
  const { column } = w.f;
  return {
    columns: [words(column.country), ...countColumns(w), ...tookColumns(column.claim, column.claimOver, w), words(column.code)],
    rows: figures.by_country.map(({ country, cases, claim }) => {
      const group: FigureGroup = { by: 'country', country: country ?? null };
      return [...lineCells(group, cases, figures, w), ...claimCells(group, claim, w), country ? said(country) : { text: NONE, value: '' }];
    }),
  };
}

export function deskTable({ by_desk }: Figures, w: FigureWords): Table {
  const { column } = w.f;
  return {
    columns: [
      words(column.desk),
      number(column.cases),
      ...tookColumns(column.claim, column.claimOver, w),
      number(column.onTime),
      number(column.over),
      number(column.onTimeShare, '%'),
      number(column.close(column.p90), column.seconds),
      number(column.closeOver),
      number(column.escalated),
      words(column.targets),
    ],
    rows: by_desk.map((desk) => {
      const group: FigureGroup = { by: 'desk', desk_id: desk.desk_id };
      return [
        said(desk.name),
        ...countsOf(group, [['cases', desk.cases]], w),
        ...claimCells(group, desk.claim, w),
        ...countsOf(group, [['on_time', desk.on_time.cases], ['cases', desk.on_time.over]], w),
        share(desk.on_time, w),
        duration(desk.close.p90_ms, w),
        ...countsOf(group, [[TIMED.close.over, desk.close.over], ['escalated', desk.escalated.cases]], w),
        said(desk.targets.map((target) => targetText(target, w)).join('; ')),
      ];
    }),
  };
}

function targetText({ within_s, wanted_pct, reached }: Figures['targets'][number], w: FigureWords): string {
  const { amounts } = w;
  return w.f.target(amounts.duration(within_s * 1000), amounts.reached(reached, wanted_pct), amounts.percent(wanted_pct));
}

function countColumns(w: FigureWords): Column[] {
  return [number(w.f.column.cases), number(w.f.column.share, '%')];
}

/** What the line is, how many cases it has, and what share of all. */
function lineCells(group: FigureGroup, cases: number, figures: Figures, w: FigureWords): Cell[] {
  return [said(lineText(group, figures, w)), ...countsOf(group, [['cases', cases]], w), share({ cases, over: figures.cases }, w)];
}

/** Numbers of cases of a line, in this order. */
function countsOf(group: FigureGroup, numbers: readonly [CasesOf, number][], w: FigureWords): Cell[] {
  return numbers.map(([of, n]) => count(n, { of, group }, w));
}

/** Half of the cases, nine tenths of them, and of how many. */
function tookColumns(title: (p: string) => string, over: string, w: FigureWords): Column[] {
  const { column } = w.f;
  return [number(title(column.p50), column.seconds), number(title(column.p90), column.seconds), number(over)];
}

function claimCells(group: FigureGroup, { p50_ms, p90_ms, over }: Took, w: FigureWords): Cell[] {
  return [duration(p50_ms, w), duration(p90_ms, w), count(over, { of: TIMED.claim.over, group }, w)];
}

function count(n: number, lead: Lead, w: FigureWords): Cell {
  return { text: w.amounts.count(n), value: n, lead };
}

function share(part: Part, w: FigureWords): Cell {
  return part.over === 0 ? { text: NONE, value: '' } : { text: w.amounts.share(part), value: shareOf(part) };
}

function duration(ms: number | null | undefined, w: FigureWords): Cell {
  return ms == null ? { text: NONE, value: '' } : { text: w.amounts.duration(ms), value: ms / 1000 };
}
