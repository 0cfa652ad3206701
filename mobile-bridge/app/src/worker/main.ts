// The service worker: the app without network, and the SOS of an app that was closed.
import { Outbox } from '../bridge/outbox/outbox';
import { DATABASE } from '../bridge/holder';
import { CHANNEL, SYNC_TAG } from '../state/names';
import { answer, forgetOlder, keepAll } from './files';
import { postWaiting } from './post_waiting';
import type { WorkerScope } from './types';

const scope = self as unknown as WorkerScope;

scope.addEventListener('install', (event) => event.waitUntil(keepAll(scope)));
scope.addEventListener('activate', (event) => event.waitUntil(forgetOlder(scope).then(() => scope.clients.claim())));
scope.addEventListener('fetch', (event) => answer(scope, event));
scope.addEventListener('sync', (event) => {
  if (event.tag === SYNC_TAG) event.waitUntil(sendWhatWaits());
});

async function sendWhatWaits(): Promise<void> {
  const outbox = await Outbox.open(scope.indexedDB, DATABASE);
  try {
    await postWaiting(outbox, scope.fetch.bind(scope), () => Date.now());
  } finally {
    outbox.close();
    new BroadcastChannel(CHANNEL).postMessage('changed');
  }
}
