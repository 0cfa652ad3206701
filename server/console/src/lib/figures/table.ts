import { csvOf } from '../csv';
import type { Lead } from './leads';

/** A number or text as it is read, and as it is reckoned with: durations in seconds, shares in per cent. */
export interface Cell {
  text: string;
  /** The empty text where there is none. */
  value: string | number;
  /** To the cases that it is a number of. */
  lead?: Lead;
}

export interface Column {
  title: string;
  /** Of the values, where the texts name it themselves. */
  unit?: string;
  isNumber: boolean;
}

/** The numbers of a chart. What is drawn, read, and written into a file comes from here. */
export interface Table {
  columns: readonly Column[];
  rows: readonly (readonly Cell[])[];
}

export function tableCsv({ columns, rows }: Table): string {
  const head = columns.map(({ title, unit }) => (unit ? `${title} (${unit})` : title));
  return csvOf([head, ...rows.map((row) => row.map(({ value }) => value))]);
}

/** The number in a cell; none where there is none. */
export function numberAt(row: readonly Cell[], column: number): number | null {
  const value = row[column]?.value;
  return typeof value === 'number' ? value : null;
}

/** Where the number in a cell leads; none where it is no number of cases, or there are none. */
export function leadAt(row: readonly Cell[], column: number): Lead | null {
  const lead = row[column]?.lead;
  return lead && (numberAt(row, column) ?? 0) > 0 ? lead : null;
}

export function textAt(row: readonly Cell[], column: number): string {
  return row[column]?.text ?? '';
}

/** The first `most` rows, and how many more there are with how much in `column` together. */
export function headOf({ rows }: Table, most: number, column: number): { rows: Table['rows']; more: number; sum: number } {
  // One row left over is drawn: it takes no more room than saying so.
  const drawn = rows.length <= most + 1 ? rows : rows.slice(0, most);
  const left = rows.slice(drawn.length);
  return { rows: drawn, more: left.length, sum: left.reduce((sum, row) => sum + (numberAt(row, column) ?? 0), 0) };
}
