import type { SocketLike } from '../lib/feed/socket';
import { browserPush } from '../lib/push/subscribe';
import { systemClock } from '../lib/time/clock';
import type { Platform } from './console.svelte';

export function browserPlatform(): Platform {
  return {
    fetch: window.fetch.bind(window),
    clock: systemClock,
    random: Math.random,
    openSocket: (subprotocol) => {
      const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:';
      return new WebSocket(`${scheme}//${location.host}/feed`, subprotocol) as SocketLike;
    },
    isVisible: () => document.visibilityState === 'visible',
    storage: storageOrNull(),
    push: browserPush(),
  };
}

/** Reading `localStorage` throws where the browser forbids it. */
function storageOrNull(): Storage | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}
