import type { CaseId } from '@protocol';

/** What a notice put behind `#` of the address; made by the service worker. */
const ASKED = /^#case=([0-9a-f-]{36})$/i;

/** The case that the page was opened for. */
export function askedCase(hash: string): CaseId | null {
  return ASKED.exec(hash)?.[1] ?? null;
}

/** The case that a notice on the screen was pressed for, as the service worker tells an open page. */
export function shownCase(said: unknown): CaseId | null {
  const show = typeof said === 'object' && said !== null && 'show' in said ? said.show : null;
  return typeof show === 'string' ? askedCase(`#case=${show}`) : null;
}
