// The machine, told as stories: a phone, a gateway that says what the story needs, and time moved by hand.
import { expect, it } from 'vitest';
import type { ErrorCode } from '@protocol';
import { alertsSent, challenge, count, deskMessage, fixesOf, kinds, locate, Phone, pong, reached, receipt, refusal, replaced, seeded, sentFrames, status, types } from '../../testing/phone';
import { calmMs, sosMs } from './backoff';

it('a press goes out in one flight with hello, without waiting for welcome', async () => {
  const phone = await Phone.enrolled();
  const [id, outputs] = await phone.press();
  expect(kinds(outputs)).toContain('connect');
  await phone.on({ kind: 'connected' });
  const flight = await phone.hears(challenge);
  expect(flight[0]).toEqual({ kind: 'hello', nonce: 'n' });
  expect(flight[1]).toEqual({ kind: 'send', frame: { type: 'alert', alert: { alert_id: id } } });
});

it('the alert stays until it is on record', async () => {
  const phone = await Phone.enrolled();
  const [id] = await phone.press();
  await phone.welcomed();
  await phone.hears(receipt(id, 'received'));
  expect((await phone.outbox.queue()).alerts).toHaveLength(1);
  await phone.hears(receipt(id, 'recorded', 4));
  expect(await phone.outbox.queue()).toMatchObject({ alerts: [], open: [id] });
  expect(alertsSent(await phone.wait(9_000))).toBe(0);
});

it('an alert without an answer is sent again, and one without a record too', async () => {
  const phone = await Phone.enrolled();
  await phone.connect();
  const [id, outputs] = await phone.press();
  expect(alertsSent(outputs)).toBe(1);
  expect(alertsSent(await phone.wait(4_000))).toBe(0);
  await phone.hears(pong);
  expect(alertsSent(await phone.wait(1_000))).toBe(1);
  await phone.hears(receipt(id, 'received'));
  let again = 0;
  for (let i = 0; i < 4; i++) {
    again += alertsSent(await phone.wait(9_000));
    await phone.hears(pong);
  }
  expect(again).toBe(1);
});

it('silence after an SOS is taken for a dead socket, and the next one is tried at once', async () => {
  const phone = await Phone.enrolled();
  await phone.connect();
  await phone.press();
  expect(kinds(await phone.wait(5_000))).toContain('close');
  expect(kinds(await phone.wait(500))).toContain('connect');
});

it('without an SOS the wait is spread, and with one it is short', async () => {
  const phone = await Phone.enrolled();
  let longest = 0;
  for (let i = 0; i < 12; i++) {
    const before = phone.now;
    while (!kinds(await phone.on({ kind: 'tick' })).includes('connect')) {
      phone.now = phone.machine.wakeAt(await phone.outbox.queue()) ?? Number.NaN;
    }
    longest = Math.max(longest, phone.now - before);
    await phone.on({ kind: 'disconnected' });
  }
  expect(longest).toBeGreaterThan(10_000);
  expect(longest).toBeLessThanOrEqual(30_000);
  const [alert_id] = await phone.press();
  expect(kinds(await phone.wait(200))).toContain('connect');
  const outputs = await phone.on({ kind: 'disconnected' });
  const told = outputs.find((output) => output.kind === 'emit' && output.event.kind === 'not_sent_yet');
  expect(told).toMatchObject({ event: { alert_id, retry_in_ms: expect.any(Number) } });
});

it('a network that blocks sockets gets the SOS by HTTP, and then its receipts', async () => {
  const phone = await Phone.enrolled();
  const [id] = await phone.press();
  expect(kinds(await phone.on({ kind: 'disconnected' }))).not.toContain('post');
  await phone.wait(500);
  expect((await phone.on({ kind: 'disconnected' })).at(-1)).toMatchObject({ kind: 'post', alert: { alert_id: id } });
  await phone.ended(id, 'post', { failure: 'other' });
  expect(kinds(await phone.wait(500))).toContain('post');
  expect(kinds(await phone.ended(id, 'post', status(id, [reached(id, 'received')])))).not.toContain('post');
  expect(count(await phone.wait(3_000), 'poll')).toBe(1);
  await phone.ended(id, 'poll', status(id, [reached(id, 'recorded', 3), reached(id, 'seen', 5)]));
  expect((await phone.outbox.alertState(id))?.receipt?.stage).toBe('seen');
  expect((await phone.outbox.queue()).alerts).toEqual([]);
  expect(count(await phone.wait(3_000), 'poll')).toBe(1);
  await phone.ended(id, 'poll', status(id, [reached(id, 'closed', 9)]));
  expect(count(await phone.wait(60_000), 'poll')).toBe(0);
});

it('a service that forgot the alert gets it again', async () => {
  const phone = await Phone.enrolled();
  const [id] = await phone.press();
  await phone.on({ kind: 'disconnected' });
  await phone.wait(500);
  await phone.on({ kind: 'disconnected' });
  await phone.ended(id, 'post', status(id, [reached(id, 'received')]));
  expect(count(await phone.wait(3_000), 'poll')).toBe(1);
  expect(kinds(await phone.ended(id, 'poll', { failure: 'not_found' }))).toContain('post');
});

it('a gateway that cannot keep it is asked again soon, and by HTTP too', async () => {
  const phone = await Phone.enrolled();
  await phone.connect();
  const [id] = await phone.press();
  await phone.hears(refusal('unavailable', id));
  expect(alertsSent(await phone.wait(500))).toBe(1);
  await phone.hears(refusal('unavailable', id));
  const outputs = await phone.wait(1_000);
  expect([alertsSent(outputs), count(outputs, 'post')]).toEqual([1, 1]);
  expect((await phone.outbox.queue()).alerts).toHaveLength(1);
});

it.each(['malformed_json', 'invalid_field', 'rate_limited', 'internal', 'not_verified', 'id_reused', 'of a later version'])(
  'no refusal makes the phone give an SOS up: %s',
  async (code) => {
    const phone = await Phone.enrolled();
    await phone.connect();
    const [id] = await phone.press();
    await phone.hears(refusal(code as ErrorCode, id));
    expect(alertsSent(await phone.wait(500))).toBe(1);
  },
);

it('what belongs to an alert follows it', async () => {
  const phone = await Phone.enrolled();
  await phone.connect();
  const [id] = await phone.press();
  await phone.outbox.cancel(id, 1);
  await phone.write(id, 'Tôi ở tầng 2');
  await phone.measure(id, 1);
  expect(await phone.on({ kind: 'acted' })).toEqual([]);
  expect(types(await phone.hears(receipt(id, 'received')))).toEqual(['cancel', 'message', 'fixes']);
  await phone.hears(refusal('not_yet_recorded', id));
  expect(types(await phone.wait(1_000)).sort()).toEqual(['alert', 'cancel', 'fixes']);
  await phone.hears({ type: 'accepted', id, at_ms: 3 });
  const queue = await phone.outbox.queue();
  expect([queue.cancels.length, queue.messages.length]).toEqual([0, 1]);
});

it('a message that is refused is kept, and offered over the next connection only', async () => {
  const phone = await Phone.enrolled();
  const id = await phone.onRecord();
  const message = await phone.write(id, 'x');
  expect(types(await phone.on({ kind: 'acted' }))).toEqual(['message']);
  const outputs = await phone.hears(refusal('not_verified', message));
  expect(outputs).toContainEqual({ kind: 'emit', event: { kind: 'refused', id: message, code: 'not_verified' } });
  expect(types(await phone.wait(8_000)).every((type) => type === 'ping')).toBe(true);
  await phone.on({ kind: 'disconnected' });
  expect(types(await phone.connect())).toContain('message');
});

it('a press is taken back with the PIN, and not when it was wrong', async () => {
  const phone = await Phone.enrolled();
  const id = await phone.onRecord();
  await phone.outbox.cancel(id, 1, '1111');
  expect(sentFrames(await phone.on({ kind: 'acted' }))).toEqual([{ type: 'cancel', alert_id: id, device_time_ms: 1, pin: '1111' }]);
  const outputs = await phone.hears(refusal('pin_wrong', id));
  expect(outputs).toContainEqual({ kind: 'emit', event: { kind: 'cancel_refused', alert_id: id, code: 'pin_wrong' } });
  expect((await phone.outbox.alertState(id))?.cancel).toBe('none');
  // The wrong one is never sent again; the next one goes at once.
  expect(types(outputs)).toEqual([]);
  expect(types(await phone.wait(9_000))).not.toContain('cancel');
  await phone.outbox.cancel(id, 2, '1234');
  expect(sentFrames(await phone.on({ kind: 'acted' }))).toEqual([{ type: 'cancel', alert_id: id, device_time_ms: 2, pin: '1234' }]);
  await phone.hears({ type: 'accepted', id, at_ms: 3 });
  expect(await phone.outbox.alertState(id)).toMatchObject({ cancel: 'accepted', cancelled_at_ms: 3 });
});

it.each(['pin_needed', 'pin_wrong'])('an SOS is not given up for %s', async (code) => {
  const phone = await Phone.enrolled();
  await phone.connect();
  const [id] = await phone.press();
  await phone.outbox.cancel(id, 1);
  await phone.hears(receipt(id, 'received'));
  const outputs = await phone.hears(refusal(code as ErrorCode, id));
  expect(outputs.filter((output) => output.kind === 'emit')).toEqual([{ kind: 'emit', event: { kind: 'cancel_refused', alert_id: id, code } }]);
  let again = 0;
  for (let i = 0; i < 4; i++) {
    again += alertsSent(await phone.wait(9_000));
    await phone.hears(pong);
  }
  expect(again).toBe(1);
  // Said twice it changes nothing.
  expect(kinds(await phone.hears(refusal(code as ErrorCode, id)))).not.toContain('emit');
});

it('a PIN that was tried too often is tried again later, and told', async () => {
  const phone = await Phone.enrolled();
  const id = await phone.onRecord();
  await phone.outbox.cancel(id, 1, '1234');
  await phone.on({ kind: 'acted' });
  const outputs = await phone.hears(refusal('rate_limited', id));
  expect(outputs).toContainEqual({ kind: 'emit', event: { kind: 'cancel_refused', alert_id: id, code: 'rate_limited' } });
  expect((await phone.outbox.alertState(id))?.cancel).toBe('queued');
  expect(types(await phone.wait(5_000))).toContain('cancel');
});

it('fixes go newest first, one frame at a time', async () => {
  const phone = await Phone.enrolled();
  const id = await phone.onRecord();
  await phone.measure(id, 120);
  const sent = fixesOf(await phone.on({ kind: 'acted' }));
  expect(sent).toHaveLength(50);
  expect(sent[0]).toBe((await phone.outbox.queue()).fixes[0]?.fix.fix_id);
  expect(fixesOf(await phone.hears({ type: 'fixes_accepted', fix_ids: sent }))).toHaveLength(50);
  // An answer about none of them changes nothing, and above all no storm.
  expect(fixesOf(await phone.hears({ type: 'fixes_accepted', fix_ids: [] }))).toHaveLength(0);
});

it('a message of the desk is stored, then marked, and the mark goes when it was read', async () => {
  const phone = await Phone.enrolled();
  const id = await phone.onRecord();
  const outputs = await phone.hears(deskMessage(id, 9));
  const kept = outputs.findIndex((output) => output.kind === 'keep');
  const marked = outputs.findIndex((output) => output.kind === 'send' && output.frame.type === 'delivered');
  expect(kept).toBeLessThan(marked);
  expect((await phone.outbox.queue()).delivered).toHaveLength(1);
  await phone.hears(pong);
  expect((await phone.outbox.queue()).delivered).toHaveLength(0);
  expect(await phone.outbox.lastSeq()).toBe(9);
});

it('a mark that may have been refused is kept', async () => {
  const phone = await Phone.enrolled();
  const id = await phone.onRecord();
  await phone.hears(deskMessage(id, 9));
  await phone.hears({ type: 'error', code: 'rate_limited', detail: '' });
  await phone.hears(pong);
  expect((await phone.outbox.queue()).delivered).toHaveLength(1);
});

it('the desk asks where the phone is once, and what waits goes at once', async () => {
  const phone = await Phone.enrolled();
  const id = await phone.onRecord();
  await phone.measure(id, 1);
  await phone.on({ kind: 'queue_changed' });
  await phone.hears(refusal('rate_limited', id));
  // Not when the refusal's time is over.
  expect(fixesOf(await phone.hears(locate(id, 9, 4)))).toHaveLength(1);
  const asked = async () => [(await phone.outbox.alertState(id))?.located_at_ms, await phone.outbox.lastSeq()];
  expect(await asked()).toEqual([4, 9]);
  // Said again it asks for nothing, and neither does a question about a case that is closed.
  await phone.hears(locate(id, 9, 5));
  expect(await asked()).toEqual([4, 9]);
  await phone.hears(receipt(id, 'closed', 10));
  await phone.hears(locate(id, 11, 6));
  expect(await asked()).toEqual([4, 11]);
});

it('a record whose receipt was lost is asked for', async () => {
  const phone = await Phone.enrolled();
  const [id] = await phone.press();
  await phone.welcomed();
  await phone.hears(receipt(id, 'received'));
  let asked = 0;
  for (let i = 0; i < 5; i++) {
    asked += count(await phone.wait(9_000), 'poll');
    await phone.hears(pong);
  }
  expect(asked).toBe(1);
  await phone.ended(id, 'poll', status(id, [reached(id, 'recorded', 3)]));
  expect((await phone.outbox.queue()).alerts).toEqual([]);
});

it('an idle link is pinged, and given up after two intervals', async () => {
  const phone = await Phone.enrolled();
  await phone.connect();
  expect(types(await phone.wait(19_000))).toEqual([]);
  expect(types(await phone.wait(1_000))).toEqual(['ping']);
  expect(count(await phone.wait(19_999), 'close')).toBe(0);
  expect(count(await phone.wait(1), 'close')).toBe(1);
});

it('with an SOS open it is pinged twice as often', async () => {
  const phone = await Phone.enrolled();
  await phone.onRecord();
  expect(types(await phone.wait(10_000))).toEqual(['ping']);
  await phone.hears(pong);
  expect(types(await phone.wait(10_000))).toEqual(['ping']);
  expect(count(await phone.wait(10_000), 'close')).toBe(1);
});

it('another connection of the same device is left alone but for an SOS', async () => {
  const phone = await Phone.enrolled();
  await phone.connect();
  expect(kinds(await phone.hears(replaced))).toContain('close');
  expect(count(await phone.wait(299_000), 'connect')).toBe(0);
  const [, outputs] = await phone.press();
  expect(kinds(outputs)).toContain('connect');
});

it('a new network is tried at once', async () => {
  const phone = await Phone.enrolled();
  await phone.connect();
  expect(types(await phone.on({ kind: 'network_changed' }))).toEqual(['ping']);
  expect(kinds(await phone.wait(5_000))).toContain('close');
  await phone.press();
  await phone.on({ kind: 'disconnected' });
  const outputs = [...(await phone.on({ kind: 'network_changed' })), ...(await phone.wait(200))];
  expect(kinds(outputs)).toContain('connect');
});

it('a phone that nobody enrolled calls only for its SOS', async () => {
  const phone = await Phone.nobody();
  expect(await phone.wait(3_600_000)).toEqual([]);
  const [, outputs] = await phone.press();
  expect(kinds(outputs)).toContain('connect');
});

it('a socket that opens and says nothing is given up', async () => {
  const phone = await Phone.enrolled();
  await phone.wait(0);
  await phone.on({ kind: 'connected' });
  expect(kinds(await phone.wait(15_000))).toContain('close');
});

it('waits grow and stay within their bounds', () => {
  const below = seeded(3);
  for (let failures = 0; failures < 200; failures++) {
    expect(sosMs(below, failures)).toBeGreaterThanOrEqual(250);
    expect(sosMs(below, failures)).toBeLessThanOrEqual(5_000);
    expect(calmMs(below, failures)).toBeLessThanOrEqual(30_000);
  }
  expect(sosMs(below, 1)).toBeLessThanOrEqual(500);
  expect(calmMs(below, 1)).toBeLessThanOrEqual(2_000);
});
