import { CODES_BYTES_MAX, type CodeMade } from '@protocol';
import { csvOf } from '../csv';

/** Head of a list of workers, as the service reads it. */
export const LIST_HEAD = 'name,phone,language,contract_country,employer,address';

export type ListFault = 'empty' | 'head' | 'large';

/** What is wrong with a list before it is sent at all; the rest is for the service to say. */
export function listFault(csv: string): ListFault | null {
  if (new TextEncoder().encode(csv).length > CODES_BYTES_MAX) return 'large';
  const [head = '', ...rows] = csv.replace(/^\uFEFF/, '').trim().split(/\r?\n/);
  if (head.replace(/["\s]/g, '').toLowerCase() !== LIST_HEAD) return 'head';
  return rows.length === 0 ? 'empty' : null;
}

/** Where a worker's phone opens the app with the code filled in. */
export function linkOf({ path }: CodeMade, origin: string): string {
  return origin + path;
}

/** The codes as a table. */
export function codesCsv(codes: readonly CodeMade[], origin: string): string {
  const rows = codes.map((code) => [
    code.name,
    code.contract_country ?? '',
    code.code,
    linkOf(code, origin),
    new Date(code.ends_ms).toISOString(),
  ]);
  return csvOf([['name', 'contract_country', 'code', 'link', 'good_until'], ...rows]);
}
