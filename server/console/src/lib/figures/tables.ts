import type { Figures, Part, Took } from '@protocol';
import { NONE, shareOf } from './amounts';
import type { Cell, Column, Table } from './table';
import { dayText, type FigureWords } from './words';

/** The tables behind the charts, one for each. */

export const MEASURES = ['receive', 'ring', 'claim', 'close'] as const;
export type Measure = (typeof MEASURES)[number];

/** Where in the table of desks the columns that are drawn stand. */
export const DESK_COLUMN = { name: 0, cases: 1, claimP90: 3, onTimeShare: 7 } as const;

const words = (title: string): Column => ({ title, isNumber: false });
const number = (title: string, unit?: string): Column => ({ title, isNumber: true, ...(unit && { unit }) });
const said = (text: string): Cell => ({ text, value: text });

export function courseTable({ course, spans }: Figures, w: FigureWords): Table {
  const { column } = w.f;
  return {
    columns: [words(column.from), number(column.opened), number(column.closed), number(column.onTime)],
    rows: course.map(({ from, opened, closed, on_time }) => [
      { text: spans === 'month' && from.endsWith('-01') ? dayText(from, w).slice(3) : dayText(from, w), value: from },
      count(opened, w),
      count(closed, w),
      count(on_time, w),
    ]),
  };
}

export function hourTable({ by_hour, cases, query }: Figures, w: FigureWords): Table {
  const two = (hour: number) => String(hour).padStart(2, '0');
  return {
    columns: [words(`${w.f.column.hour} (${query.zone})`), ...countColumns(w)],
    rows: by_hour.map((n, hour) => [said(`${two(hour)}:00–${two(hour)}:59`), ...countCells(n, cases, w)]),
  };
}

export function weekdayTable({ by_weekday, cases, query }: Figures, w: FigureWords): Table {
  const name = new Intl.DateTimeFormat(w.amounts.locale, { weekday: 'long', timeZone: 'UTC' });
  // The first of January 2024 was a Monday.
  const text = (weekday: number) => name.format(Date.UTC(2024, 0, 1 + weekday));
  return {
    columns: [words(`${w.f.column.weekday} (${query.zone})`), ...countColumns(w)],
    rows: by_weekday.map((n, weekday) => [said(text(weekday)), ...countCells(n, cases, w)]),
  };
}

export function kindTable({ by_kind, cases }: Figures, w: FigureWords): Table {
  return {
    columns: [words(w.f.column.kind), ...countColumns(w)],
    rows: by_kind.map(({ kind, cases: n }) => [said(kind ? w.t.kind[kind] : w.f.kindUnsaid), ...countCells(n, cases, w)]),
  };
}

export function dispositionTable({ by_disposition, cases }: Figures, w: FigureWords): Table {
  return {
    columns: [words(w.f.column.disposition), ...countColumns(w)],
    rows: by_disposition.map(({ disposition, cases: n }) => [
      said(disposition ? w.t.disposition[disposition] : w.f.notClosed),
      ...countCells(n, cases, w),
    ]),
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
        count(took.over, w),
        count(took.without, w),
      ];
    }),
  };
}

export function countryTable({ by_country, cases }: Figures, w: FigureWords): Table {
  const { column } = w.f;
  return {
    columns: [words(column.country), ...countColumns(w), ...tookColumns(column.claim, column.claimOver, w), words(column.code)],
    rows: by_country.map(({ country, cases: n, claim }) => [
      said(country ? w.countryName(country) : w.f.unknownCountry),
      ...countCells(n, cases, w),
      ...tookCells(claim, w),
      country ? said(country) : { text: NONE, value: '' },
    ]),
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
    rows: by_desk.map((desk) => [
      said(desk.name),
      count(desk.cases, w),
      ...tookCells(desk.claim, w),
      count(desk.on_time.cases, w),
      count(desk.on_time.over, w),
      share(desk.on_time, w),
      duration(desk.close.p90_ms, w),
      count(desk.close.over, w),
      count(desk.escalated.cases, w),
      said(desk.targets.map((target) => targetText(target, w)).join('; ')),
    ]),
  };
}

function targetText({ within_s, wanted_pct, reached }: Figures['targets'][number], w: FigureWords): string {
  const { amounts } = w;
  return w.f.target(amounts.duration(within_s * 1000), amounts.reached(reached, wanted_pct), amounts.percent(wanted_pct));
}

function countColumns(w: FigureWords): Column[] {
  return [number(w.f.column.cases), number(w.f.column.share, '%')];
}

function countCells(cases: number, over: number, w: FigureWords): Cell[] {
  return [count(cases, w), share({ cases, over }, w)];
}

/** Half of the cases, nine tenths of them, and of how many. */
function tookColumns(title: (p: string) => string, over: string, w: FigureWords): Column[] {
  const { column } = w.f;
  return [number(title(column.p50), column.seconds), number(title(column.p90), column.seconds), number(over)];
}

function tookCells({ p50_ms, p90_ms, over }: Took, w: FigureWords): Cell[] {
  return [duration(p50_ms, w), duration(p90_ms, w), count(over, w)];
}

function count(n: number, w: FigureWords): Cell {
  return { text: w.amounts.count(n), value: n };
}

function share(part: Part, w: FigureWords): Cell {
  return part.over === 0 ? { text: NONE, value: '' } : { text: w.amounts.share(part), value: shareOf(part) };
}

function duration(ms: number | null | undefined, w: FigureWords): Cell {
  return ms == null ? { text: NONE, value: '' } : { text: w.amounts.duration(ms), value: ms / 1000 };
}
