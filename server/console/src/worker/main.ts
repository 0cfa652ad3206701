// The console's service worker: it shows notices, and keeps nothing. The console itself is always the service's own.
import { openFrom, readNotice, showNotice } from './notices';
import type { WorkerScope } from './types';

const scope = self as unknown as WorkerScope;

scope.addEventListener('install', (event) => event.waitUntil(scope.skipWaiting()));
scope.addEventListener('push', (event) => event.waitUntil(showNotice(scope, readNotice(event.data?.text()))));
scope.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(openFrom(scope, event.notification.data));
});
