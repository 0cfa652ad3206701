// What of a service worker's world is used; TypeScript has it in a library that cannot stand beside that of pages.
import type { PushManagerLike } from '../bridge/push';

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

export interface Pushed extends Extendable {
  readonly data: { text(): string } | null;
}

export interface NoticeClicked extends Extendable {
  readonly notification: { readonly data: unknown; close(): void };
}

/** A page of the app. */
export interface Page {
  readonly url: string;
  readonly visibilityState: DocumentVisibilityState;
  focus(): Promise<unknown>;
  postMessage(said: unknown): void;
}

export interface WorkerScope {
  readonly indexedDB: IDBFactory;
  readonly caches: CacheStorage;
  readonly clients: {
    claim(): Promise<void>;
    matchAll(options: { type: 'window'; includeUncontrolled?: boolean }): Promise<readonly Page[]>;
    openWindow(url: string): Promise<unknown>;
  };
  readonly registration: {
    readonly pushManager: PushManagerLike;
    showNotification(title: string, options: NotificationOptions & { renotify?: boolean }): Promise<void>;
    getNotifications(filter: { tag: string }): Promise<readonly { readonly data: unknown }[]>;
  };
  /** Not there in every browser's worker. */
  readonly Notification?: { readonly permission: NotificationPermission };
  readonly location: Location;
  fetch: typeof fetch;
  addEventListener(type: 'install' | 'activate' | 'pushsubscriptionchange', heard: (event: Extendable) => void): void;
  addEventListener(type: 'fetch', heard: (event: FetchAsked) => void): void;
  addEventListener(type: 'sync', heard: (event: SyncAsked) => void): void;
  addEventListener(type: 'push', heard: (event: Pushed) => void): void;
  addEventListener(type: 'notificationclick', heard: (event: NoticeClicked) => void): void;
}
