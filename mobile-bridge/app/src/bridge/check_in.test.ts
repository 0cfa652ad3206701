import { expect, it, vi } from 'vitest';
import type { CheckIn } from '@protocol';
import { enrolledHolder, FakeService, nothing, problem } from '../testing/device';
import { ManualClock } from '../testing/manual_clock';
import { numbered } from '../testing/phone';
import { CheckInSender } from './check_in';
import { requestText, sha256Hex } from './proof';

async function world() {
  const clock = new ManualClock();
  const service = new FakeService();
  const holder = await enrolledHolder();
  const sender = new CheckInSender({ holder, fetch: service.fetch, clock, below: (bound) => bound - 1, changed: () => {} });
  const checkIns = await holder.use((outbox) => Promise.resolve(outbox.checkIns));
  const press = async (n: number) => {
    await checkIns.add(numbered(n), clock.now(), null);
    sender.nudge();
  };
  return { clock, service, holder, checkIns, press };
}

it('is signed over the method, the path and the body', async () => {
  const { service, holder, checkIns, press } = await world();
  service.answer = nothing;
  await press(5);
  await vi.waitFor(async () => expect((await checkIns.newest())?.accepted).toBe(true));
  const [{ method, path, body, headers } = { method: '', path: '', body: '', headers: new Headers() }] = service.asked;
  expect([method, path, JSON.parse(body)]).toEqual(['POST', '/api/device/check-ins', { check_in_id: numbered(5) }]);
  expect(headers.get('sos-credential')).toBe('credential');
  const keys = await holder.use((outbox) => outbox.keys());
  const text = requestText(method, path, await sha256Hex(new TextEncoder().encode(body)));
  const signature = Buffer.from(headers.get('sos-signature') ?? '', 'base64url');
  const fits = await crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, (keys as CryptoKeyPair).publicKey, signature, new TextEncoder().encode(text));
  expect(fits).toBe(true);
});

it('waits without network, and says then how long it has waited', async () => {
  const { clock, service, checkIns, press } = await world();
  await press(5);
  await vi.waitFor(() => expect(service.asked).toHaveLength(1));
  service.answer = nothing;
  await vi.waitFor(async () => {
    clock.advance(2_000);
    expect((await checkIns.newest())?.accepted).toBe(true);
  });
  const sent = service.asked.map(({ body }) => JSON.parse(body) as CheckIn);
  expect(sent.map(({ check_in_id }) => check_in_id)).toEqual([numbered(5), numbered(5)]);
  expect([sent[0]?.waited_ms, sent[1]?.waited_ms]).toEqual([undefined, expect.any(Number)]);
});

it('goes on with the next when one is refused for good, not when it is refused for now', async () => {
  const { clock, service, checkIns, press } = await world();
  service.answer = () => problem(503, 'unavailable');
  await press(5);
  await vi.waitFor(() => expect(service.asked).toHaveLength(1));
  expect((await checkIns.next())?.check_in_id).toBe(numbered(5));
  service.answer = ({ body }) => (body.includes(numbered(5)) ? problem(400, 'invalid_field') : nothing());
  await press(6);
  await vi.waitFor(async () => {
    clock.advance(2_000);
    expect(await checkIns.newest()).toMatchObject({ check_in_id: numbered(6), accepted: true });
  });
  expect(await checkIns.next()).toBeNull();
});

it('keeps the newest twenty that wait, and the newest that got through', async () => {
  const { checkIns } = await world();
  for (let n = 1; n <= 21; n++) await checkIns.add(numbered(n), n, null);
  expect((await checkIns.next())?.check_in_id).toBe(numbered(2));
  await checkIns.accepted(numbered(2));
  await checkIns.accepted(numbered(3));
  await checkIns.drop(numbered(21));
  for (let n = 4; n <= 20; n++) await checkIns.drop(numbered(n));
  expect([await checkIns.next(), (await checkIns.newest())?.check_in_id]).toEqual([null, numbered(3)]);
});
