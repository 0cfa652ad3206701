// What of a service worker's world is used; TypeScript has it in a library that cannot stand beside that of pages.

export interface Extendable extends Event {
  waitUntil(work: Promise<unknown>): void;
}

export interface Pushed extends Extendable {
  readonly data: { text(): string } | null;
}

export interface NoticeClicked extends Extendable {
  readonly notification: { readonly data: unknown; close(): void };
}

/** A page of this origin. */
export interface Page {
  readonly url: string;
  focus(): Promise<unknown>;
  postMessage(said: unknown): void;
}

export interface WorkerScope {
  readonly clients: {
    matchAll(options: { type: 'window'; includeUncontrolled?: boolean }): Promise<readonly Page[]>;
    openWindow(url: string): Promise<unknown>;
  };
  readonly registration: {
    showNotification(title: string, options: NotificationOptions & { renotify?: boolean }): Promise<void>;
  };
  skipWaiting(): Promise<void>;
  addEventListener(type: 'install', heard: (event: Extendable) => void): void;
  addEventListener(type: 'push', heard: (event: Pushed) => void): void;
  addEventListener(type: 'notificationclick', heard: (event: NoticeClicked) => void): void;
}
