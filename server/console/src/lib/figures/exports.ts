import type { ExportFormat, ExportId, ExportOf, ExportView, FiguresQuery } from '@protocol';

/** What of this page can be taken away. */
export const KINDS = ['figures', 'cases'] as const satisfies readonly ExportOf['kind'][];
export type ExportKind = (typeof KINDS)[number];

/** What kinds of files there are of it. */
export const FORMATS: Record<ExportKind, readonly ExportFormat[]> = { figures: ['xlsx', 'pdf', 'csv'], cases: ['csv', 'xlsx'] };
export const LANGUAGES = ['vi', 'en', 'both'] as const;

/** Where a file is. The browser goes on by itself with one that broke off. */
export function exportUrl(id: ExportId): string {
  return `/api/exports/${id}/file`;
}

export function isUnderWay({ state }: ExportView): boolean {
  return state === 'waiting' || state === 'running';
}

/** The question that an export answers; none where it is of one case. */
export function queryOfExport(of: ExportOf): FiguresQuery | null {
  return 'query' in of ? of.query : null;
}

const UNITS = ['byte', 'kilobyte', 'megabyte'] as const;

/** `850 byte`, `12,3 kB`, `1,2 MB` */
export function sizeText(bytes: number, locale: string): string {
  const step = bytes < 1_000 ? 0 : bytes < 1_000_000 ? 1 : 2;
  const format = { style: 'unit', unit: UNITS[step], unitDisplay: 'short', maximumFractionDigits: step === 0 ? 0 : 1 } as const;
  return new Intl.NumberFormat(locale, format).format(bytes / 1_000 ** step).replace(/ /g, '\u00A0');
}
