// What of the browser the app uses, in one place.
import type { AlertId } from '@protocol';
import { below, systemClock, type Clock } from '../bridge/ambient';
import type { DriverParts } from '../bridge/driver';
import { Holder } from '../bridge/holder';
import { browserSocket } from '../bridge/socket';
import { CHANNEL, SYNC_TAG } from './names';
import { setup, type Setup } from './setup';
import type { GeolocationLike } from './tracker';

/** Of the app, for the service's log. */
const APP_VERSION = 'sos-app 0.1.0';

/** What of a push notice the pages use. */
export interface PushNotice {
  kind?: string;
  alert_id?: AlertId;
}

export interface Platform {
  bridge: Omit<DriverParts, 'tell' | 'changed'>;
  clock: Clock;
  geolocation: GeolocationLike | null;
  hasNetwork: () => boolean;
  onNetwork: (changed: () => void) => void;
  onVisible: (tell: (visible: boolean) => void) => void;
  onOutboxChanged: (changed: () => void) => void;
  /** A push notice reached the service worker. */
  onPush: (heard: (notice: PushNotice) => void) => void;
  /** The worker tapped a notice: which screen it is about. */
  onNotice: (heard: (said: unknown) => void) => void;
  /** How the app is set up on this phone, for a drill. */
  setup: () => Promise<Setup>;
  tellOthers: () => void;
  /** The worker has allowed positions before. */
  mayTrack: () => Promise<boolean>;
  askForBackgroundSync: () => void;
}

export function browserPlatform(): Platform {
  const channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel(CHANNEL);
  return {
    bridge: {
      holder: new Holder(window.indexedDB),
      openSocket: browserSocket,
      fetch: window.fetch.bind(window),
      clock: systemClock,
      below,
      app_version: APP_VERSION,
    },
    clock: systemClock,
    geolocation: navigator.geolocation ?? null,
    hasNetwork: () => navigator.onLine,
    onNetwork: (changed) => {
      addEventListener('online', changed);
      addEventListener('offline', changed);
    },
    onVisible: (tell) => {
      document.addEventListener('visibilitychange', () => tell(document.visibilityState === 'visible'));
      // A page that the phone has frozen is told of it here only.
      document.addEventListener('freeze', () => tell(false));
      document.addEventListener('resume', () => tell(document.visibilityState === 'visible'));
    },
    onOutboxChanged: (changed) => channel?.addEventListener('message', changed),
    onPush: (heard) =>
      channel?.addEventListener('message', ({ data }: MessageEvent<{ kind?: string; notice?: PushNotice } | null>) => {
        if (data?.kind === 'push') heard(data.notice ?? {});
      }),
    onNotice: (heard) => navigator.serviceWorker?.addEventListener('message', ({ data }) => heard(data)),
    setup,
    tellOthers: () => channel?.postMessage('changed'),
    mayTrack,
    askForBackgroundSync: () => void askForBackgroundSync(),
  };
}

async function mayTrack(): Promise<boolean> {
  try {
    return (await navigator.permissions.query({ name: 'geolocation' })).state === 'granted';
  } catch {
    return false;
  }
}

/** Where there is such a thing: the browser wakes the service worker when there is a network again. */
async function askForBackgroundSync(): Promise<void> {
  try {
    const registration = (await navigator.serviceWorker?.ready) as ServiceWorkerRegistration & { sync?: { register(tag: string): Promise<void> } };
    await registration.sync?.register(SYNC_TAG);
  } catch {
    // A hint only.
  }
}

/** Reading `localStorage` throws where the browser forbids it. */
export function storageOrNull(): Storage | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}
