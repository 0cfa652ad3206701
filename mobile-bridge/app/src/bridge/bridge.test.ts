// The bridge with a real outbox, a gateway that is told what to say, and time moved by hand.
import { IDBFactory, IDBKeyRange, IDBObjectStore } from 'fake-indexeddb';
import { afterEach, expect, it, vi } from 'vitest';
import type { CardRequest, EnrolRequest, SetPins } from '@protocol';
import { FakeSocket } from '../testing/fake_socket';
import { ManualClock } from '../testing/manual_clock';
import { numbered } from '../testing/phone';
import { Bridge, cleanText, intoAlert, intoFix, type Position } from './bridge';
import { Holder } from './holder';
import type { BridgeEvent } from './machine/types';
import { FullError } from './outbox/queue';

globalThis.IDBKeyRange = IDBKeyRange;
afterEach(() => vi.restoreAllMocks());

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
      const { body } = init ?? {};
      if (body) this.posts.push(JSON.parse(body instanceof Uint8Array ? new TextDecoder().decode(body) : String(body)));
      const answer = this.answer(path);
      if (answer instanceof Response) return Promise.resolve(answer);
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

const refuses = (code: string, status = 403) => Response.json({ code }, { status });

it('sends the PIN with the cancellation', async () => {
  const world = new World();
  const { alert_id } = await world.bridge.press({});
  const socket = await world.connected();
  socket.says({ type: 'receipt', receipt: { alert_id, stage: 'recorded', at_ms: 1, seq: 4 } });
  await world.bridge.cancel(alert_id, '1234');
  await vi.waitFor(() => expect(socket.sent.at(-1)).toMatchObject({ type: 'cancel', alert_id, pin: '1234' }));
});

it('a drill is marked, is no SOS on this phone, and fails where it cannot be saved', async () => {
  const world = new World();
  const { alert_id } = await world.bridge.press({ drill: true });
  const socket = await world.connected();
  await vi.waitFor(() => expect(socket.sent[1]).toMatchObject({ type: 'alert', alert: { alert_id, drill: true } }));
  expect((await world.bridge.newestAlert()).state).toBeNull();
  await expect(world.bridge.write('xin chào')).rejects.toMatchObject({ reason: 'no_alert' });
  vi.spyOn(world.holder, 'use').mockRejectedValue(new Error('no storage'));
  await expect(world.bridge.press({ drill: true })).rejects.toThrow('no storage');
});

it('a drill that was left in the middle is ended at the next start', async () => {
  const world = new World();
  const { alert_id } = await world.bridge.press({ drill: true });
  await world.bridge.endDrills();
  expect(await world.bridge.alertState(alert_id)).toMatchObject({ cancel: 'queued' });
});

it('keeps that there are PINs, and none of them', async () => {
  const world = new World();
  world.answer = (path) => (path === '/api/enrol' ? enrolled : new Response(null, { status: 204 }));
  await world.bridge.enrol('ABCDEFGH2345');
  expect(await world.bridge.hasPin()).toBe(false);
  const pins: SetPins = { pin: '1234', other_pin: '4321' };
  await world.bridge.setPins(pins);
  expect([world.posts.at(-1), await world.bridge.hasPin()]).toEqual([pins, true]);
  // The disk holds nothing but what it is asked for.
  const kept = JSON.stringify(await world.holder.use(async (outbox) => [await outbox.queue(), await outbox.identity()]));
  expect(kept).not.toMatch(/1234|4321/);
});

it('learns from a refusal that there is a PIN', async () => {
  const world = new World();
  world.answer = (path) => (path === '/api/enrol' ? enrolled : refuses('pin_wrong'));
  await world.bridge.enrol('ABCDEFGH2345');
  await expect(world.bridge.setPins({ pin: '1234', other_pin: '4321' })).rejects.toMatchObject({ code: 'pin_wrong' });
  expect(await world.bridge.hasPin()).toBe(true);
});

it('speaks for a worker with their card, and forgets them whole', async () => {
  const world = new World();
  const own = await world.bridge.press({});
  world.answer = (path) => (path === '/api/card' ? enrolled : null);
  world.clock.advance(1_000);
  const identity = await world.bridge.borrow(' ab12-cd34 ', '1234');
  expect(world.posts[0]).toMatchObject({ card: 'AB12CD34', pin: '1234', signature: expect.stringMatching(/^[\w-]{86}$/) } satisfies Partial<CardRequest>);
  expect(identity).toMatchObject({ borrowed_at_ms: world.clock.now(), worker: { name: 'Nguyễn Thị Hoa' } });
  expect(await world.bridge.hasPin()).toBe(true);
  const theirs = await world.bridge.press({});
  await world.bridge.write('Tôi ở tầng 2');
  await world.bridge.forgetBorrowed();
  const left = async () => [await world.bridge.identity(), await world.holder.use((outbox) => outbox.keys()), await world.bridge.hasPin()];
  expect(await left()).toEqual([null, null, false]);
  // An SOS that is not out yet is not given up.
  expect((await world.holder.use((outbox) => outbox.queue())).alerts.map(({ alert }) => alert.alert_id)).toEqual([own.alert_id, theirs.alert_id]);
  await world.bridge.forgetBorrowed();
  for (const { alert_id } of [own, theirs]) expect((await world.bridge.alertState(alert_id))?.queued).toBe(true);
});

it('forgets what a borrower wrote once their SOS is on record, and nothing from before', async () => {
  const world = new World();
  const own = await world.bridge.press({});
  await world.bridge.write('của chủ máy');
  world.answer = (path) => (path === '/api/card' ? enrolled : null);
  world.clock.advance(1_000);
  await world.bridge.borrow('AB12', '1234');
  const theirs = await world.bridge.press({});
  await world.bridge.write('của người mượn');
  await world.holder.use((outbox) => outbox.apply({ kind: 'receipt', receipt: { alert_id: theirs.alert_id, stage: 'recorded', at_ms: 1, seq: 4 } }));
  await world.bridge.forgetBorrowed();
  expect((await world.bridge.messages()).map((message) => message.text)).toEqual(['của chủ máy']);
  expect([await world.bridge.alertState(theirs.alert_id), (await world.bridge.newestAlert()).state?.alert_id]).toEqual([null, own.alert_id]);
});

it('forgets the photos and check-ins of a borrower as well', async () => {
  const world = new World();
  world.answer = (path) => (path === '/api/card' ? enrolled : null);
  await world.bridge.borrow('AB12', '1234');
  const { alert_id } = await world.bridge.press({});
  await world.holder.use(async (outbox) => {
    await outbox.apply({ kind: 'receipt', receipt: { alert_id, stage: 'recorded', at_ms: 1, seq: 4 } });
    const photo = { attachment_id: '00000000-0000-0000-0000-000000000900', media: 'photo' as const, content_type: 'image/jpeg', sha256: '00' };
    await outbox.attachments.add({ ...photo, alert_id, created_at_ms: 1, data: new ArrayBuffer(8) });
  });
  await world.bridge.checkIn(null);
  await world.bridge.forgetBorrowed();
  expect(await world.holder.use(async (outbox) => [await outbox.attachments.all(), await outbox.checkIns.newest()])).toEqual([[], null]);
});

it('keeps nothing of a card that was refused', async () => {
  const world = new World();
  world.answer = () => refuses('pin_wrong');
  await expect(world.bridge.borrow('AB12', '0000')).rejects.toMatchObject({ code: 'pin_wrong' });
  expect([await world.bridge.identity(), await world.holder.use((outbox) => outbox.keys())]).toEqual([null, null]);
});
