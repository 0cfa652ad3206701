import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { vi } from 'vitest';
import type { GatewayFrame, PhoneFrame } from '@protocol';
import { Holder } from '../bridge/holder';
import type { Platform, PushNotice } from '../state/platform';
import type { Setup } from '../state/setup';
import type { GeolocationLike } from '../state/tracker';
import { FakeSocket } from './fake_socket';
import { ManualClock } from './manual_clock';

globalThis.IDBKeyRange = IDBKeyRange;

/** A browser for the whole app: a real outbox, a gateway and satellites that do what the test says, time moved by hand. */
export class FakePlatform implements Platform {
  readonly clock = new ManualClock();
  readonly holder = new Holder(new IDBFactory(), 'outbox');
  readonly sockets: FakeSocket[] = [];
  readonly posts: unknown[] = [];
  answer: (path: string) => Response | null = () => null;
  setupOf: Setup = { persisted: true, installed: true, notices: 'granted', push: true };
  push: (notice: PushNotice) => void = () => {};
  allowed = false;
  watching: PositionCallback | null = null;

  readonly bridge: Platform['bridge'] = {
    holder: this.holder,
    openSocket: () => {
      const socket = new FakeSocket();
      this.sockets.push(socket);
      return socket;
    },
    fetch: ((path: string, init?: RequestInit) => {
      const { body } = init ?? {};
      if (body) this.posts.push(JSON.parse(body instanceof Uint8Array ? new TextDecoder().decode(body) : String(body)));
      const answer = this.answer(path);
      return answer ? Promise.resolve(answer) : Promise.reject(new TypeError('no network'));
    }) as typeof fetch,
    clock: this.clock,
    below: () => 0,
    app_version: 'test',
  };
  readonly geolocation: GeolocationLike = {
    watchPosition: (success) => {
      this.watching = success;
      return 1;
    },
    clearWatch: () => (this.watching = null),
    getCurrentPosition: () => {},
  };
  readonly hasNetwork = () => true;
  readonly onNetwork = () => {};
  visible: (visible: boolean) => void = () => {};
  readonly onVisible = (tell: (visible: boolean) => void) => (this.visible = tell);
  readonly onOutboxChanged = () => {};
  notice: (said: unknown) => void = () => {};
  readonly onNotice = (heard: (said: unknown) => void) => (this.notice = heard);
  readonly onPush = (heard: (notice: PushNotice) => void) => (this.push = heard);
  readonly setup = () => Promise.resolve(this.setupOf);
  readonly tellOthers = () => {};
  readonly mayTrack = () => Promise.resolve(this.allowed);
  readonly askForBackgroundSync = () => {};

  /** A measurement of this moment, each at another place. */
  measures(): void {
    const now = this.clock.now();
    const coords = { latitude: 25 + (now % 1_000_000) / 1e7, longitude: 121.52, accuracy: 12, speed: null, heading: null };
    this.watching?.({ coords, timestamp: now } as unknown as GeolocationPosition);
  }

  get sent(): PhoneFrame[] {
    return this.sockets.flatMap((socket) => socket.sent);
  }

  /** The gateway answers the newest connection. */
  async connected(): Promise<FakeSocket> {
    const socket = await vi.waitFor(() => this.sockets.at(-1) ?? Promise.reject(new Error('no socket')));
    socket.open();
    socket.says({ type: 'challenge', nonce: 'n', server_time_ms: 0 });
    socket.says({ type: 'welcome', session_id: 's', verified: true, server_time_ms: 0 });
    return socket;
  }

  says(frame: GatewayFrame): void {
    this.sockets.at(-1)?.says(frame);
  }
}
