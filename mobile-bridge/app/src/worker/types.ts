// What of a service worker's world is used; TypeScript has it in a library that cannot stand beside that of pages.

export interface Extendable extends Event {
  waitUntil(work: Promise<unknown>): void;
}

export interface FetchAsked extends Extendable {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}

export interface SyncAsked extends Extendable {
  readonly tag: string;
}

export interface WorkerScope {
  readonly indexedDB: IDBFactory;
  readonly caches: CacheStorage;
  readonly clients: { claim(): Promise<void> };
  readonly location: Location;
  fetch: typeof fetch;
  addEventListener(type: 'install' | 'activate', heard: (event: Extendable) => void): void;
  addEventListener(type: 'fetch', heard: (event: FetchAsked) => void): void;
  addEventListener(type: 'sync', heard: (event: SyncAsked) => void): void;
}
