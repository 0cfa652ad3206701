// Shows an officer what a push brings, and opens the console where it is about. Nothing of it is kept.
import type { Page, WorkerScope } from './types';

/** A notice as the service sends it: words to show, and the case it is about, where there is one. */
export interface Notice {
  title: string;
  body: string;
  case_id: string | null;
}

const ICON = '/favicon.svg';
/** The workers' app lives on the same origin and has a worker of its own. */
const APP = '/app';
/** Shown for a push that this version does not understand: a browser wants something to be shown for each. */
const UNKNOWN: Notice = { title: 'SOS', body: 'Mở bàn trực để xem.', case_id: null };
/** Made by the service: anything else is not put into an address. */
const CASE_ID = /^[0-9a-f-]{36}$/i;

export function readNotice(text: string | undefined): Notice {
  try {
    const said = JSON.parse(text ?? '') as { [K in keyof Notice]?: unknown };
    const { title, body, case_id } = said;
    if (typeof title !== 'string' || typeof body !== 'string') return UNKNOWN;
    return { title, body, case_id: isCaseId(case_id) ? case_id : null };
  } catch {
    return UNKNOWN;
  }
}

/** Stays until it is answered, in place of an earlier one of its case, and sounds again. */
export function showNotice(scope: WorkerScope, { title, body, case_id }: Notice): Promise<void> {
  const tag = case_id ?? 'sos';
  return scope.registration.showNotification(title, { body, tag, renotify: true, requireInteraction: true, icon: ICON, data: { case_id } });
}

/** Brings a console to the front, at the case; opens one where there is none. */
export async function openFrom(scope: WorkerScope, data: unknown): Promise<void> {
  const asked = (data as { case_id?: unknown } | null)?.case_id;
  const caseId = isCaseId(asked) ? asked : null;
  const pages = await scope.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const page = pages.find(isConsole);
  if (!page) {
    await scope.clients.openWindow(caseId ? `/#case=${caseId}` : '/');
    return;
  }
  page.postMessage({ show: caseId });
  await page.focus();
}

function isConsole({ url }: Page): boolean {
  const { pathname } = new URL(url);
  return pathname !== APP && !pathname.startsWith(`${APP}/`);
}

function isCaseId(value: unknown): value is string {
  return typeof value === 'string' && CASE_ID.test(value);
}
