// Keeps the app's files, so that it opens without network: all of one build under one name, none of another.
import type { FetchAsked, WorkerScope } from './types';

const SCOPE = '/app/';
const PREFIX = 'sos-app-';
const CURRENT = PREFIX + __VERSION__;

/** Fetches every file of this build anew; one that is missing keeps the build before it in charge. */
export async function keepAll(scope: WorkerScope): Promise<void> {
  const cache = await scope.caches.open(CURRENT);
  await cache.addAll(__FILES__.map((file) => new Request(SCOPE + file, { cache: 'reload', credentials: 'omit' })));
}

export async function forgetOlder(scope: WorkerScope): Promise<void> {
  const names = (await scope.caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== CURRENT);
  await Promise.all(names.map((name) => scope.caches.delete(name)));
}

/** Answers for the app's own files; everything else goes its way. */
export function answer(scope: WorkerScope, event: FetchAsked): void {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== scope.location.origin || !url.pathname.startsWith(SCOPE)) return;
  const page = request.mode === 'navigate';
  event.respondWith(kept(scope, page ? SCOPE : url.pathname, request));
}

async function kept(scope: WorkerScope, path: string, request: Request): Promise<Response> {
  const cache = await scope.caches.open(CURRENT);
  return (await cache.match(path)) ?? scope.fetch(request);
}
