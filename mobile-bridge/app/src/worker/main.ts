// The service worker: the app without network, and the SOS of an app that was closed.
import { Outbox } from '../bridge/outbox/outbox';
import { DATABASE, Holder } from '../bridge/holder';
import { syncPush } from '../bridge/push';
import { CHANNEL, SYNC_TAG } from '../state/names';
import { answer, forgetOlder, keepAll } from './files';
import { openFrom, readNotice, showNotice } from './notices';
import { postWaiting } from './post_waiting';
import type { WorkerScope } from './types';

const scope = self as unknown as WorkerScope;

scope.addEventListener('install', (event) => event.waitUntil(keepAll(scope)));
scope.addEventListener('activate', (event) => event.waitUntil(forgetOlder(scope).then(() => scope.clients.claim())));
scope.addEventListener('fetch', (event) => answer(scope, event));
scope.addEventListener('sync', (event) => {
  if (event.tag === SYNC_TAG) event.waitUntil(sendWhatWaits());
});
// A push wakes this worker: what waits goes out as well.
scope.addEventListener('push', (event) => {
  const text = event.data?.text();
  event.waitUntil(Promise.all([inTurn(() => show(text)), sendWhatWaits().catch(() => {})]));
});
scope.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(openFrom(scope, event.notification.data));
});
scope.addEventListener('pushsubscriptionchange', (event) => event.waitUntil(subscribeAgain()));

let turn: Promise<unknown> = Promise.resolve();

/** Two notices of a case, pushed together, are looked at one after the other. */
function inTurn(work: () => Promise<void>): Promise<void> {
  const mine = turn.then(work);
  turn = mine.catch(() => {});
  return mine;
}

async function show(text: string | undefined): Promise<void> {
  const holder = new Holder(scope.indexedDB);
  const about = await holder.use((outbox) => outbox.about()).catch(() => null);
  holder.close();
  const notice = readNotice(text);
  await showNotice(scope, notice, about?.manner ?? null);
  new BroadcastChannel(CHANNEL).postMessage({ kind: 'push', notice });
}

/** The push service has given this phone another target. */
async function subscribeAgain(): Promise<void> {
  const holder = new Holder(scope.indexedDB);
  const { pushManager } = scope.registration;
  const allowed = () => scope.Notification?.permission !== 'denied';
  await syncPush({ holder, fetch: scope.fetch.bind(scope), manager: pushManager, allowed }).finally(() => holder.close());
}

async function sendWhatWaits(): Promise<void> {
  const outbox = await Outbox.open(scope.indexedDB, DATABASE);
  try {
    await postWaiting(outbox, scope.fetch.bind(scope), () => Date.now());
  } finally {
    outbox.close();
    new BroadcastChannel(CHANNEL).postMessage('changed');
  }
}
