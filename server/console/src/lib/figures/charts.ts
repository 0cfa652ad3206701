import type { Figures } from '@protocol';
import type { Draw } from './draw/base';
import { drawColumns, drawRanked, rankedHeight } from './draw/bars';
import { drawCourse } from './draw/course';
import { drawDesks } from './draw/desks';
import { drawTimes } from './draw/times';
import { drawWorld } from './draw/world';
import { headOf, numberAt, textAt, type Table } from './table';
import {
  countryTable,
  courseTable,
  DESK_COLUMN,
  deskTable,
  dispositionTable,
  hourTable,
  kindTable,
  timesTable,
  weekdayTable,
} from './tables';
import { zoneText, type FigureWords } from './words';
import type { World } from './world';

export type ChartId = 'course' | 'times' | 'hours' | 'weekdays' | 'kinds' | 'dispositions' | 'countries' | 'desks';

/** A chart with everything that belongs to it. */
export interface ChartSpec {
  id: ChartId;
  title: string;
  /** Over how many cases. */
  over: string;
  /** What else must be known to read it: the clock, what is not drawn. */
  notes: readonly string[];
  /** For those who do not see it. */
  text: string;
  table: Table;
  /** Takes the width of the page. */
  isWide: boolean;
  height: (width: number) => number;
  draw: Draw;
}

/** Most bars of one chart: what is left is summed up, and stands in the table. */
export const BARS_MAX = 12;

/** The charts of these figures, in the order of the page. `world`: none while the map is not there. */
export function chartsOf(figures: Figures, w: FigureWords, world: World | null, mapFailed: boolean): ChartSpec[] {
  const charts = [
    course(figures, w),
    times(figures, w),
    hours(figures, w),
    weekdays(figures, w),
    ranked('kinds', kindTable(figures, w), figures, w),
    ranked('dispositions', dispositionTable(figures, w), figures, w),
    countries(figures, w, world, mapFailed),
  ];
  return figures.by_desk.length > 1 ? [...charts, desks(figures, w)] : charts;
}

function course(figures: Figures, w: FigureWords): ChartSpec {
  const table = courseTable(figures, w);
  const { chart } = w.f;
  return {
    ...common('course', table, figures, w),
    title: `${chart.course}, ${chart.courseBy[figures.spans]}`,
    notes: [zoneText(figures.query.zone, w)],
    isWide: true,
    height: (width) => (width < 560 ? 300 : 340),
    draw: drawCourse(table, w.amounts),
  };
}

function hours(figures: Figures, w: FigureWords): ChartSpec {
  const table = hourTable(figures, w);
  // Every third hour is named where there is no room for all.
  const short = (_: string, hour: number, width: number) => (width >= 540 || hour % 3 === 0 ? String(hour) : '');
  return {
    ...common('hours', table, figures, w),
    notes: [zoneText(figures.query.zone, w)],
    draw: drawColumns(table, w.amounts, short),
  };
}

function weekdays(figures: Figures, w: FigureWords): ChartSpec {
  const table = weekdayTable(figures, w);
  const name = new Intl.DateTimeFormat(w.amounts.locale, { weekday: 'short', timeZone: 'UTC' });
  return {
    ...common('weekdays', table, figures, w),
    notes: [zoneText(figures.query.zone, w)],
    draw: drawColumns(table, w.amounts, (_, weekday) => name.format(Date.UTC(2024, 0, 1 + weekday))),
  };
}

function times(figures: Figures, w: FigureWords): ChartSpec {
  const table = timesTable(figures, w);
  const { chart, column } = w.f;
  const all = table.rows.map((row) => `${textAt(row, 0)}: ${column.p50} ${textAt(row, 1)}, ${column.p90} ${textAt(row, 2)}, ${column.p95} ${textAt(row, 3)}`);
  return {
    ...common('times', table, figures, w),
    text: chart.textTimes(chart.times, all.join('. ')),
    notes: [chart.timesNote],
    isWide: true,
    height: () => 320,
    draw: drawTimes(table, w.amounts),
  };
}

function ranked(id: 'kinds' | 'dispositions', table: Table, figures: Figures, w: FigureWords): ChartSpec {
  return {
    ...common(id, table, figures, w),
    height: (width) => rankedHeight(table.rows.length, width),
    draw: drawRanked(table, BARS_MAX, (row) => `${w.f.cases(textAt(row, 1))} · ${textAt(row, 2)}`),
  };
}

function countries(figures: Figures, w: FigureWords, world: World | null, mapFailed: boolean): ChartSpec {
  const table = countryTable(figures, w);
  const { chart } = w.f;
  if (mapFailed) {
    return { ...bars('countries', table, figures, w, (row) => `${w.f.cases(textAt(row, 1))} · ${textAt(row, 2)}`, [chart.countriesNoMap]), isWide: true };
  }
  const nowhere = figures.by_country.find(({ country }) => !country)?.cases ?? 0;
  return {
    ...common('countries', table, figures, w),
    notes: [chart.countriesNote, ...(nowhere > 0 ? [chart.noCountry(w.amounts.count(nowhere))] : [])],
    isWide: true,
    height: (width) => Math.round(Math.max(260, Math.min(560, width * 0.5))),
    draw: world ? drawWorld(table, world, w.amounts) : () => ({}),
  };
}

function desks(figures: Figures, w: FigureWords): ChartSpec {
  const { cases, claimP90, onTimeShare } = DESK_COLUMN;
  const say = (row: Table['rows'][number]) => w.f.chart.deskLine(textAt(row, cases), textAt(row, claimP90), textAt(row, onTimeShare));
  const table = deskTable(figures, w);
  const { column } = w.f;
  const titles = [column.cases, column.claimShort, column.onTimeShare];
  return { ...bars('desks', table, figures, w, say, []), isWide: true, draw: drawDesks(table, BARS_MAX, titles, say) };
}

/** Bars of which there may be hundreds. */
function bars(id: ChartId, table: Table, figures: Figures, w: FigureWords, say: (row: Table['rows'][number]) => string, notes: string[]): ChartSpec {
  const { rows, more, sum } = headOf(table, BARS_MAX, 1);
  const [drawn, left, cases] = [rows.length, more, sum].map((n) => w.amounts.count(n)) as [string, string, string];
  return {
    ...common(id, table, figures, w),
    notes: more > 0 ? [...notes, w.f.chart.restNote(drawn, left, cases)] : notes,
    height: (width) => rankedHeight(rows.length, width),
    draw: drawRanked(table, BARS_MAX, say),
  };
}

function common(id: ChartId, table: Table, figures: Figures, w: FigureWords): ChartSpec {
  const title = w.f.chart[id];
  return {
    id,
    title,
    over: w.f.over(w.amounts.count(figures.cases)),
    notes: [],
    text: w.f.chart.text(title, mostOf(table, w)),
    table,
    isWide: false,
    height: () => 280,
    draw: () => ({}),
  };
}

/** The three rows with the most cases, in words. */
function mostOf({ rows }: Table, w: FigureWords): string {
  const by = [...rows].sort((a, b) => (numberAt(b, 1) ?? 0) - (numberAt(a, 1) ?? 0)).slice(0, 3);
  return by.map((row) => `${textAt(row, 0)}: ${w.f.cases(textAt(row, 1))}`).join('; ');
}
