// Shows what a push brings. It is a hint: nothing of it is kept, and everything in it also comes over the socket.
import type { Manner } from '../bridge/outbox/db';
import type { WorkerScope } from './types';

/** As `protocol/README.md` (Push) says, as far as it is used here. */
export interface Notice {
  kind: string;
  case_id: string;
  seq: number;
  title: string;
  body: string;
}

/** What a notice opens, and what tells it from an older one. */
interface Kept {
  kind: string;
  seq: number;
}

const ICON = '/app/icon-192.png';
const APP = '/app/';
/** For somebody who hides: whoever else sees the phone reads nothing. */
const NEUTRAL: Record<Manner['language'], string> = { vi: 'Có tin mới', en: 'Something new' };

/** Null: not what this version knows. */
export function readNotice(text: string | undefined): Notice | null {
  try {
    const said = JSON.parse(text ?? '') as Partial<Record<keyof Notice, unknown>>;
    const { kind, case_id, seq, title, body } = said;
    const words = [kind, case_id, title, body].every((word) => typeof word === 'string');
    return words && Number.isInteger(seq) ? (said as Notice) : null;
  } catch {
    return null;
  }
}

/**
 * Shows `notice`, in place of an earlier one of its case; of two, the one with the larger `seq` holds. Without `manner`
 * nobody knows whether the worker hides. A browser wants something to be shown for each push, so an unknown one is shown too.
 */
export async function showNotice(scope: WorkerScope, notice: Notice | null, manner: Manner | null): Promise<void> {
  const hiding = manner?.silent ?? true;
  const language = manner?.language ?? 'vi';
  const tag = notice?.case_id ?? 'sos';
  const shown = (await scope.registration.getNotifications({ tag })).map(({ data }) => (data as Kept | null)?.seq ?? 0);
  const seq = notice?.seq ?? 0;
  if (shown.some((other) => other > seq)) return;
  const silent = hiding || shown.includes(seq) || (await seen(scope));
  const kept: Kept = { kind: notice?.kind ?? '', seq };
  const options = { tag, silent, renotify: !silent, data: kept, lang: language };
  if (hiding || !notice) await scope.registration.showNotification(NEUTRAL[language], options);
  else await scope.registration.showNotification(notice.title, { ...options, body: notice.body, icon: ICON });
}

/** The worker has the app in front and reads it there. */
async function seen(scope: WorkerScope): Promise<boolean> {
  return (await scope.clients.matchAll({ type: 'window' })).some((page) => page.visibilityState === 'visible');
}

/** Brings the app to the front: the chat for a message, else the state. */
export async function openFrom(scope: WorkerScope, data: unknown): Promise<void> {
  const chat = (data as Kept | null)?.kind === 'message';
  const pages = await scope.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const page = pages.find(({ url }) => new URL(url).pathname.startsWith(APP));
  if (!page) {
    await scope.clients.openWindow(chat ? `${APP}#chat` : APP);
    return;
  }
  await page.focus();
  page.postMessage({ go: chat ? 'chat' : 'main' });
}
