// A drill beside everything that belongs to an SOS.
import { beforeEach, expect, it, vi } from 'vitest';
import type { Stage } from '@protocol';
import { FakePlatform } from '../testing/app_platform';
import { numbered, reached } from '../testing/phone';
import type { LineId } from './drill_lines';
import { Phone } from './phone.svelte';
import { Settings } from './settings.svelte';

const heard = vi.hoisted(() => ({ noises: 0 }));
vi.mock('./signals', () => ({
  armSound: () => {},
  play: () => heard.noises++,
  vibrate: () => heard.noises++,
  watchBattery: () => Promise.resolve(),
  ScreenLight: class {
    want() {}
    renew() {}
  },
}));
beforeEach(() => (heard.noises = 0));

const worker = { worker_id: numbered(2), name: 'Nguyễn Thị Hoa', language: 'vi' };

async function begun() {
  const platform = new FakePlatform();
  await platform.holder.use((outbox) => outbox.setIdentity({ device_id: numbered(1), credential: 'c', credential_expires_ms: 9, worker }));
  const phone = new Phone(platform, new Settings(null));
  phone.start();
  await vi.waitFor(() => expect(phone.ready).toBe(true));
  const { drill } = phone;
  await drill.begin();
  const socket = await platform.connected();
  const alert_id = drill.alert?.alert_id as string;
  let seq = 1;
  const reaches = async (stage: Stage) => {
    const n = ++seq;
    socket.says({ type: 'receipt', receipt: { ...reached(alert_id, stage, n), desk_name: 'Đài Bắc' } });
    await vi.waitFor(() => expect(drill.alert?.receipt?.seq).toBe(n));
  };
  const line = (id: LineId) => drill.lines.find((one) => one.id === id)?.state;
  return { platform, phone, drill, socket, alert_id, reaches, line };
}

it('goes the whole way, ends itself, and says what works', async () => {
  const { platform, phone, drill, socket, alert_id, reaches, line } = await begun();
  await vi.waitFor(() => expect(socket.sent).toContainEqual({ type: 'alert', alert: expect.objectContaining({ alert_id, drill: true }) }));
  expect([line('saved'), line('received'), line('notice')]).toEqual(['ok', 'waiting', 'waiting']);
  platform.measures();
  await reaches('recorded');
  await reaches('rang');
  expect([line('recorded'), line('rang'), drill.state]).toEqual(['ok', 'ok', 'running']);
  platform.push({ kind: 'message', alert_id });
  platform.push({ kind: 'drill', alert_id: numbered(77) });
  expect(line('notice')).toBe('waiting');
  platform.push({ kind: 'drill', alert_id });
  phone.tick();
  expect([line('notice'), drill.state]).toEqual(['ok', 'over']);
  await vi.waitFor(() => expect(socket.sent.at(-1)).toMatchObject({ type: 'cancel', alert_id }));
  expect(socket.sent.at(-1)).not.toHaveProperty('pin');
  socket.says({ type: 'accepted', id: alert_id, at_ms: 9 });
  await vi.waitFor(() => expect(drill.alert?.cancel).toBe('accepted'));
});

it('is nowhere where an SOS is shown, makes no noise, and keeps no position going', async () => {
  const { platform, phone, drill, socket, reaches } = await begun();
  await reaches('recorded');
  await reaches('claimed');
  platform.measures();
  await phone.read();
  const { alert, open, unsent, paused, cancelLeftS, helpGrown, messages } = phone;
  expect({ alert, open, unsent, paused, cancelLeftS, helpGrown, messages }).toEqual({
    alert: null,
    open: false,
    unsent: false,
    paused: false,
    cancelLeftS: 0,
    helpGrown: false,
    messages: [],
  });
  expect([heard.noises, drill.state, socket.sent.some((frame) => frame.type === 'fixes')]).toEqual([0, 'running', false]);
  await drill.end();
});

it('says after a minute that it has not rung, and ends', async () => {
  const { platform, phone, drill, reaches, line } = await begun();
  platform.measures();
  await reaches('recorded');
  platform.clock.advance(60_000);
  phone.tick();
  expect([line('recorded'), line('rang'), line('notice'), drill.state]).toEqual(['ok', 'failed', 'untested', 'over']);
  // What comes now changes nothing of what was found.
  await reaches('rang');
  expect(line('rang')).toBe('failed');
});

it('that it was closed does not say that it rang', async () => {
  const { reaches, line } = await begun();
  await reaches('closed');
  expect([line('recorded'), line('rang')]).toEqual(['ok', 'waiting']);
});

it('a real press ends it, and is an SOS', async () => {
  const { platform, phone, drill, alert_id } = await begun();
  await phone.press('hold');
  expect([drill.state, phone.open, phone.alert?.alert_id === alert_id]).toEqual(['over', true, false]);
  const queue = await platform.holder.use((outbox) => outbox.queue());
  expect([queue.alerts.map(({ alert }) => alert.drill === true), queue.cancels.map((cancel) => cancel.alert_id)]).toEqual([[true, false], [alert_id]]);
  await drill.begin();
  expect(drill.state).toBe('over');
});

it('a phone that cannot save says so, and sends no drill', async () => {
  const platform = new FakePlatform();
  const phone = new Phone(platform, new Settings(null));
  phone.start();
  await vi.waitFor(() => expect(phone.ready).toBe(true));
  vi.spyOn(platform.holder, 'use').mockRejectedValue(new Error('no storage'));
  await phone.drill.begin();
  expect(phone.drill.lines.find(({ id }) => id === 'saved')?.state).toBe('failed');
  expect(platform.sent).toEqual([]);
});

it('a drill that was left when the app was closed is ended at the next start', async () => {
  const { platform, alert_id } = await begun();
  const again = new FakePlatform();
  new Phone({ ...again, bridge: { ...again.bridge, holder: platform.holder } }, new Settings(null)).start();
  await vi.waitFor(async () => expect((await platform.holder.use((outbox) => outbox.alertState(alert_id)))?.cancel).toBe('queued'));
});
