// The phone behind the screens: what is shown, heard and sent.
import { beforeEach, expect, it, vi } from 'vitest';
import { CANCEL_WINDOW_S, type Stage } from '@protocol';
import { FakePlatform } from '../testing/app_platform';
import { deskMessage, numbered, reached, refusal } from '../testing/phone';
import { vi as words } from '../text/vi';
import { cardOf } from './card';
import { Phone } from './phone.svelte';
import { Settings } from './settings.svelte';

const heard = vi.hoisted(() => ({ played: [] as string[], buzzes: 0, light: false }));
vi.mock('./signals', () => ({
  armSound: () => {},
  play: (step: string) => heard.played.push(step),
  vibrate: () => heard.buzzes++,
  watchBattery: () => Promise.resolve(),
  ScreenLight: class {
    want(wanted: boolean) {
      heard.light = wanted;
    }
    renew() {}
  },
}));
beforeEach(() => Object.assign(heard, { played: [], buzzes: 0, light: false }));

const worker = { worker_id: numbered(2), name: 'Nguyễn Thị Hoa', language: 'vi' };
const enrolled = { device_id: numbered(1), credential: 'credential', credential_expires_ms: 9, worker };

async function start(has_pin = true) {
  const platform = new FakePlatform();
  await platform.holder.use((outbox) => outbox.setIdentity(enrolled));
  if (has_pin) await platform.holder.use((outbox) => outbox.setHasPin());
  const settings = new Settings(null);
  const phone = new Phone(platform, settings);
  phone.start();
  await vi.waitFor(() => expect(phone.ready).toBe(true));
  return { platform, phone, settings };
}

/** An SOS that is on record. */
async function pressed(has_pin = true) {
  const world = await start(has_pin);
  const { platform, phone } = world;
  await phone.press('hold');
  await platform.connected();
  const alert_id = phone.alert?.alert_id as string;
  let seq = 1;
  const reaches = async (stage: Stage) => {
    const n = ++seq;
    platform.says({ type: 'receipt', receipt: { ...reached(alert_id, stage, n), by: 'Lan', desk_name: 'Đài Bắc' } });
    await vi.waitFor(async () => expect((await platform.holder.use((outbox) => outbox.receipt(alert_id)))?.seq).toBe(n));
    await phone.read();
  };
  await reaches('recorded');
  await vi.waitFor(() => expect(phone.alert?.receipt?.stage).toBe('recorded'));
  return { ...world, alert_id, reaches };
}

/** The same, taken back with one of the worker's PINs: the phone does not know which. */
async function takenBack() {
  const world = await pressed();
  const { platform, phone, alert_id } = world;
  await phone.cancelling.begin();
  await phone.cancelling.typed('4321');
  await vi.waitFor(() => expect(platform.sent.at(-1)).toMatchObject({ type: 'cancel', alert_id, pin: '4321' }));
  platform.says({ type: 'accepted', id: alert_id, at_ms: platform.clock.now() });
  await vi.waitFor(() => expect(phone.alert?.cancel).toBe('accepted'));
  return world;
}

/** Everything that can be seen, heard or felt. */
function noticed(phone: Phone, settings: Settings) {
  const { alert, saved, has_network, now_ms } = phone;
  const situation = { alert, saved, has_network, failed: false, retry_at_ms: null, enrolled: true, online: phone.link.link === 'online', too_often: false, silent: settings.silent, now_ms };
  const { open, unsent, helpGrown, cancelLeftS, paused, unread, tracking, has_network: network, link } = phone;
  const { pad } = phone.cancelling;
  return { card: cardOf(situation, words, settings.hourMinute), open, unsent, helpGrown, cancelLeftS, paused, unread, tracking, network, link, pad, heard: { ...heard, played: [...heard.played] } };
}

it('without a PIN a press is taken back at once', async () => {
  const { platform, phone, alert_id } = await pressed(false);
  await phone.cancelling.begin();
  expect(phone.cancelling.pad).toBeNull();
  await vi.waitFor(() => expect(platform.sent.at(-1)).toMatchObject({ type: 'cancel', alert_id }));
  expect(platform.sent.at(-1)).not.toHaveProperty('pin');
  expect(phone.alert?.cancel).toBe('queued');
});

it('asks for the PIN when the service does, and remembers that there is one', async () => {
  const { platform, phone, alert_id } = await pressed(false);
  await phone.cancelling.begin();
  await vi.waitFor(() => expect(platform.sent.at(-1)?.type).toBe('cancel'));
  platform.says(refusal('pin_needed', alert_id));
  await vi.waitFor(() => expect(phone.cancelling.pad).toBe('needed'));
  expect(await platform.holder.use((outbox) => outbox.hasPin())).toBe(true);
  expect([phone.open, phone.alert?.cancel]).toEqual([true, 'none']);
});

it('asks again after a wrong PIN, and the SOS stays open', async () => {
  const { platform, phone, alert_id } = await pressed();
  await phone.cancelling.begin();
  expect(phone.cancelling.pad).toBe('begun');
  await phone.cancelling.typed('1111');
  await vi.waitFor(() => expect(platform.sent.at(-1)).toMatchObject({ type: 'cancel', pin: '1111' }));
  platform.says(refusal('pin_wrong', alert_id));
  await vi.waitFor(() => expect(phone.cancelling.pad).toBe('wrong'));
  expect(phone.open).toBe(true);
});

it('does not snatch the pad away when the time to cancel is over', async () => {
  const { platform, phone } = await pressed();
  await phone.cancelling.begin();
  platform.clock.advance(CANCEL_WINDOW_S * 1_000 * 6);
  phone.tick();
  expect([phone.cancelLeftS, phone.cancelling.pad]).toEqual([0, 'begun']);
  phone.cancelling.leave();
  expect([phone.cancelling.pad, phone.alert?.cancel]).toEqual([null, 'none']);
});

it('says that it was tried too often, and that the SOS is open', async () => {
  const { platform, phone, alert_id } = await pressed();
  await phone.cancelling.begin();
  await phone.cancelling.typed('1111');
  await vi.waitFor(() => expect(platform.sent.at(-1)?.type).toBe('cancel'));
  platform.says(refusal('rate_limited', alert_id));
  await vi.waitFor(() => expect(phone.cancelling.too_often).toBe(alert_id));
  expect([phone.cancelling.pad, phone.open, phone.alert?.cancel]).toEqual([null, true, 'queued']);
});

it('nothing that can be noticed follows from a receipt of a press that was taken back', async () => {
  const { platform, phone, settings, reaches } = await takenBack();
  const before = noticed(phone, settings);
  expect(before).toMatchObject({ card: { kind: 'cancelled' }, open: false, unsent: false, cancelLeftS: 0, heard: { light: false } });
  for (const stage of ['rang', 'seen', 'claimed', 'recorded', 'claimed'] as const) {
    await reaches(stage);
    expect(noticed(phone, settings), stage).toEqual(before);
  }
  // In the background its positions stop; nothing says so.
  platform.visible(false);
  expect(noticed(phone, settings)).toEqual(before);
  platform.visible(true);
  await reaches('closed');
  expect(noticed(phone, settings), 'closed').toEqual(before);
});

it('a press that was taken back goes on telling where it is, until its case is closed', async () => {
  const { platform, phone, reaches } = await takenBack();
  phone.track();
  platform.measures();
  const fixes = () => new Set(platform.sent.flatMap((frame) => (frame.type === 'fixes' ? frame.fixes.map((fix) => fix.fix_id) : []))).size;
  await vi.waitFor(() => expect(fixes()).toBe(1));
  await reaches('claimed');
  const first = platform.sent.find((frame) => frame.type === 'fixes');
  platform.says({ type: 'fixes_accepted', fix_ids: first?.type === 'fixes' ? first.fixes.map((fix) => fix.fix_id) : [] });
  platform.clock.advance(5_000);
  platform.measures();
  platform.clock.advance(5_000);
  await vi.waitFor(() => expect(fixes()).toBe(2));
  await reaches('closed');
  platform.clock.advance(15_000);
  platform.measures();
  expect(await platform.holder.use(async (outbox) => (await outbox.queue()).open)).toEqual([]);
  expect(await platform.holder.use((outbox) => outbox.openAlert())).toBeNull();
});

const fixesOf = (platform: FakePlatform) => platform.sent.flatMap((frame) => (frame.type === 'fixes' ? frame.fixes : []));

it('answers the desk with a fresh position before its turn, and says so on the card', async () => {
  const { platform, phone, settings, alert_id } = await pressed(false);
  const asked_ms = platform.clock.now();
  platform.measures();
  await vi.waitFor(() => expect(fixesOf(platform)).toHaveLength(1));
  platform.says({ type: 'fixes_accepted', fix_ids: fixesOf(platform).map((fix) => fix.fix_id) });
  platform.says({ type: 'locate', seq: 9, alert_id, at_ms: asked_ms });
  await vi.waitFor(() => expect(noticed(phone, settings).card.asked).toBe(words.card.asked(settings.hourMinute(asked_ms))));
  platform.clock.advance(1_000);
  platform.measures();
  await vi.waitFor(() => expect(fixesOf(platform)).toHaveLength(2));
  settings.set({ silent: true });
  expect(noticed(phone, settings).card.asked).toBeUndefined();
});

it('answers the desk after the press was taken back, and nothing shows it', async () => {
  const { platform, phone, settings, alert_id } = await takenBack();
  phone.track();
  platform.measures();
  await vi.waitFor(() => expect(fixesOf(platform)).toHaveLength(1));
  platform.says({ type: 'fixes_accepted', fix_ids: fixesOf(platform).map((fix) => fix.fix_id) });
  const before = noticed(phone, settings);
  platform.says({ type: 'locate', seq: 9, alert_id, at_ms: platform.clock.now() });
  await vi.waitFor(async () => expect(await platform.holder.use((outbox) => outbox.lastSeq())).toBe(9));
  await phone.read();
  expect(noticed(phone, settings)).toEqual(before);
  platform.clock.advance(1_000);
  platform.measures();
  await vi.waitFor(() => expect(fixesOf(platform)).toHaveLength(2));
});

it('after a restart a press that was taken back asks for no position', async () => {
  const { platform } = await takenBack();
  const again = new FakePlatform();
  const phone = new Phone({ ...again, bridge: { ...again.bridge, holder: platform.holder } }, new Settings(null));
  phone.start();
  await vi.waitFor(() => expect(phone.ready).toBe(true));
  expect([phone.tracking, again.watching]).toEqual(['off', null]);
});

it('and where it was allowed before, goes on with it', async () => {
  const { platform } = await takenBack();
  const again = new FakePlatform();
  again.allowed = true;
  const phone = new Phone({ ...again, bridge: { ...again.bridge, holder: platform.holder } }, new Settings(null));
  phone.start();
  await vi.waitFor(() => expect(again.watching).not.toBeNull());
  await phone.read();
  again.measures();
  await vi.waitFor(async () => expect((await platform.holder.use((outbox) => outbox.queue())).fixes).toHaveLength(1));
});

it('a message of the desk still counts as unread', async () => {
  const { platform, phone, alert_id } = await takenBack();
  platform.says(deskMessage(alert_id, 50));
  await vi.waitFor(() => expect(phone.unread).toBe(1));
});

it('a new press starts afresh', async () => {
  const { platform, phone, settings, alert_id } = await takenBack();
  platform.clock.advance(60_000);
  await phone.press('hold');
  expect(phone.alert?.alert_id).not.toBe(alert_id);
  expect(noticed(phone, settings)).toMatchObject({ card: { kind: 'sending' }, open: true, cancelLeftS: CANCEL_WINDOW_S, heard: { light: true } });
});

it('forgets a borrowed name after its time, but not in the middle of an SOS', async () => {
  const { platform, phone } = await start(false);
  platform.answer = () => Response.json(enrolled);
  await phone.borrow('AB12', '1234');
  expect(phone.borrowed_until_ms).toBe(platform.clock.now() + 24 * 3_600_000);
  await phone.press('hold');
  platform.clock.advance(24 * 3_600_000 + 1);
  phone.tick();
  await phone.read();
  expect(phone.identity?.worker.name).toBe('Nguyễn Thị Hoa');
  platform.clock.advance(24 * 3_600_000);
  phone.tick();
  await vi.waitFor(() => expect(phone.identity).toBeNull());
  // The SOS itself is not given up.
  expect((await platform.holder.use((outbox) => outbox.queue())).alerts).toHaveLength(1);
});
