// The bridge with a real outbox, a gateway that is told what to say, and time moved by hand.
import { IDBFactory, IDBKeyRange, IDBObjectStore } from 'fake-indexeddb';
import { afterEach, expect, it, vi } from 'vitest';
import type { EnrolRequest, GatewayFrame, PhoneFrame } from '@protocol';
import { ManualClock } from '../testing/manual_clock';
import { numbered } from '../testing/phone';
import { Bridge, cleanText, intoAlert, intoFix, type Position } from './bridge';
import { Holder } from './holder';
import type { BridgeEvent } from './machine/types';
import { FullError } from './outbox/queue';
import type { SocketLike } from './socket';

globalThis.IDBKeyRange = IDBKeyRange;
afterEach(() => vi.restoreAllMocks());

class FakeSocket implements SocketLike {
  readyState = 0;
  onopen: SocketLike['onopen'] = null;
  onmessage: SocketLike['onmessage'] = null;
  onclose: SocketLike['onclose'] = null;
  readonly sent: PhoneFrame[] = [];

  send(text: string): void {
    this.sent.push(JSON.parse(text) as PhoneFrame);
  }

  close(): void {
    this.readyState = 3;
  }

  open(): void {
    this.readyState = 1;
    this.onopen?.call(this as unknown as WebSocket, new Event('open'));
  }

  says(frame: GatewayFrame): void {
    this.onmessage?.call(this as unknown as WebSocket, new MessageEvent('message', { data: JSON.stringify(frame) }));
  }

  ends(code: number): void {
    this.readyState = 3;
    this.onclose?.call(this as unknown as WebSocket, { code, reason: '' } as CloseEvent);
  }
}

class World {
  readonly clock = new ManualClock();
  readonly sockets: FakeSocket[] = [];
  readonly posts: unknown[] = [];
  readonly events: BridgeEvent[] = [];
  readonly holder = new Holder(new IDBFactory(), 'outbox');
  answer: (path: string) => unknown = () => null;
  readonly bridge = new Bridge({
    holder: this.holder,
    openSocket: () => {
      const socket = new FakeSocket();
      this.sockets.push(socket);
      return socket;
    },
    fetch: ((path: string, init?: RequestInit) => {
      if (init?.body) this.posts.push(JSON.parse(String(init.body)));
      const answer = this.answer(path);
      return answer ? Promise.resolve(Response.json(answer)) : Promise.reject(new TypeError('no network'));
    }) as typeof fetch,
    clock: this.clock,
    below: () => 0,
    app_version: 'test',
    tell: (event) => this.events.push(event),
    changed: () => {},
  });

  socket(n = this.sockets.length - 1): FakeSocket {
    const socket = this.sockets[n];
    if (!socket) throw new Error(`no socket ${n}`);
    return socket;
  }

  async connected(): Promise<FakeSocket> {
    await vi.waitFor(() => expect(this.sockets.length).toBeGreaterThan(0));
    const socket = this.socket();
    socket.open();
    socket.says({ type: 'challenge', nonce: 'n', server_time_ms: 0 });
    return socket;
  }
}

const worker = { worker_id: numbered(2), name: 'Nguyễn Thị Hoa', language: 'vi' };
const enrolled = { device_id: numbered(1), credential: 'credential', credential_expires_ms: 9, worker };
const here: Position = { lat: 25.05, lon: 121.52, accuracy_m: 12, fix_time_ms: 5, source: null, speed_mps: null, heading_deg: null, battery_pct: 41.6 };

it('a press is on disk when it is told so, and goes out right behind hello', async () => {
  const world = new World();
  const pressed = await world.bridge.press({ trigger: 'hold', position: here });
  expect(pressed.saved).toBe(true);
  expect((await world.bridge.newestAlert()).state?.queued).toBe(true);
  const socket = await world.connected();
  await vi.waitFor(() => expect(socket.sent).toHaveLength(2));
  expect(socket.sent).toMatchObject([
    { type: 'hello', last_seq: 0, follow: [pressed.alert_id], app_version: 'test' },
    { type: 'alert', alert: { alert_id: pressed.alert_id, trigger: 'hold', position: { lat: 25.05, battery_pct: 42 } } },
  ]);
  expect(socket.sent[0]).not.toHaveProperty('credential');
});

it('an enrolled phone shows its credential and signs the nonce', async () => {
  const world = new World();
  world.answer = (path) => (path === '/api/enrol' ? enrolled : null);
  await world.bridge.enrol(' abcd-efgh 2345 ');
  expect((world.posts[0] as EnrolRequest).code).toBe('ABCDEFGH2345');
  expect((await world.bridge.identity())?.worker.name).toBe('Nguyễn Thị Hoa');
  const socket = await world.connected();
  await vi.waitFor(() => expect(socket.sent[0]).toMatchObject({ type: 'hello', credential: 'credential', signature: expect.stringMatching(/^[\w-]{86}$/) }));
});

it('a press that the disk refuses is sent from memory, and stored when it can be', async () => {
  const world = new World();
  const add = vi.spyOn(IDBObjectStore.prototype, 'add').mockImplementation(() => {
    throw new DOMException('no room', 'QuotaExceededError');
  });
  const { alert_id, saved } = await world.bridge.press({});
  expect(saved).toBe(false);
  expect(await world.bridge.newestAlert()).toMatchObject({ saved: false, state: { alert_id, queued: true } });
  const socket = await world.connected();
  await vi.waitFor(() => expect(socket.sent.map((frame) => frame.type)).toEqual(['hello', 'alert']));
  add.mockRestore();
  world.bridge.networkChanged();
  await vi.waitFor(async () => expect((await world.bridge.newestAlert()).saved).toBe(true));
});

it('where nothing can be stored, the steps of an SOS are told all the same', async () => {
  const world = new World();
  vi.spyOn(world.holder, 'use').mockRejectedValue(new Error('no storage'));
  const { alert_id } = await world.bridge.press({});
  const socket = await world.connected();
  await vi.waitFor(() => expect(socket.sent.map((frame) => frame.type)).toEqual(['hello', 'alert']));
  socket.says({ type: 'receipt', receipt: { alert_id, stage: 'received', at_ms: 1 } });
  socket.says({ type: 'receipt', receipt: { alert_id, stage: 'recorded', at_ms: 2, seq: 4 } });
  await vi.waitFor(async () => expect((await world.bridge.newestAlert()).state).toMatchObject({ queued: false, receipt: { stage: 'recorded' } }));
  expect(socket.sent.filter((frame) => frame.type === 'alert')).toHaveLength(1);
});

it('says how long a press has waited, by its own clock', async () => {
  const world = new World();
  await world.bridge.press({});
  await vi.waitFor(() => expect(world.sockets).toHaveLength(1));
  world.clock.advance(5_000);
  const socket = await world.connected();
  await vi.waitFor(() => expect(socket.sent[1]).toMatchObject({ type: 'alert', alert: { waited_ms: 5_000 } }));
});

it('leaves another connection of the same device alone', async () => {
  const world = new World();
  world.answer = (path) => (path === '/api/enrol' ? enrolled : null);
  await world.bridge.enrol('ABCDEFGH2345');
  const socket = await world.connected();
  await vi.waitFor(() => expect(socket.sent).toHaveLength(1));
  socket.ends(4001);
  await vi.waitFor(() => expect(world.events.at(-1)).toMatchObject({ kind: 'link', state: { link: 'offline', retry_in_ms: 300_000 } }));
});

it('refuses words that the service would not take', async () => {
  const world = new World();
  await expect(world.bridge.write(' \n')).rejects.toMatchObject({ reason: 'text' });
  await expect(world.bridge.write('x'.repeat(2_001))).rejects.toMatchObject({ reason: 'text' });
  await expect(world.bridge.write('xin chào')).rejects.toMatchObject({ reason: 'no_alert' });
  await world.bridge.press({});
  await world.bridge.write('xin chào');
  expect((await world.bridge.messages()).map((message) => message.text)).toEqual(['xin chào']);
  const full = vi.spyOn(world.holder, 'use').mockRejectedValueOnce(new FullError('full'));
  await expect(world.bridge.write('nữa')).rejects.toBeInstanceOf(FullError);
  full.mockRestore();
});

it('a press goes out whatever the platform says', () => {
  const alert = intoAlert({ position: { ...here, lat: Number.NaN }, text: '\u0000 ', battery_pct: 255 }, 5);
  expect(Object.keys(alert).sort()).toEqual(['alert_id', 'device_time_ms']);
  const fix = intoFix({ ...here, accuracy_m: -1, heading_deg: 90, speed_mps: Number.POSITIVE_INFINITY }, 5);
  expect(fix).toMatchObject({ lat: 25.05, lon: 121.52, heading_deg: 90 });
  expect(fix).not.toHaveProperty('accuracy_m');
  expect(cleanText('a\u0007b\n\tc')).toBe('ab\n\tc');
});
