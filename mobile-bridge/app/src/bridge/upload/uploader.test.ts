// The uploader with a real outbox, and a service that keeps what it gets.
import { IDBFactory } from 'fake-indexeddb';
import { afterEach, expect, it, vi } from 'vitest';
import type { NewAttachment } from '@protocol';
import { enrolledHolder, FakeService, problem, type Asked } from '../../testing/device';
import { ManualClock } from '../../testing/manual_clock';
import { numbered } from '../../testing/phone';
import { Holder } from '../holder';
import { ATTACHMENTS_WAITING_MAX } from '../outbox/attachments';
import { FullError } from '../outbox/queue';
import { sha256Hex } from '../proof';
import { Uploader } from './uploader';

afterEach(() => vi.restoreAllMocks());
const ALERT = numbered(50);

/** Takes parts as the protocol says. */
class Store {
  readonly files = new Map<string, { begun: NewAttachment; text: string }>();

  answer({ path, body }: Asked): Response {
    const [, id, offset] = /^\/api\/device\/attachments(?:\/([^/]+)\/(\d+))?$/.exec(path) ?? [];
    if (id === undefined) {
      const begun = JSON.parse(body) as NewAttachment;
      if (!this.files.has(begun.attachment_id)) this.files.set(begun.attachment_id, { begun, text: '' });
      return this.#state(begun.attachment_id);
    }
    const file = this.files.get(id);
    if (!file) return problem(404, 'not_found');
    if (Number(offset) === file.text.length) file.text += body;
    return this.#state(id);
  }

  #state(attachment_id: string): Response {
    const { begun, text } = this.files.get(attachment_id) as { begun: NewAttachment; text: string };
    return Response.json({ attachment_id, received_bytes: text.length, complete: text.length === begun.bytes });
  }
}

async function world(holder?: Holder) {
  const clock = new ManualClock();
  const service = new FakeService();
  const store = new Store();
  service.answer = (asked) => store.answer(asked);
  holder ??= await enrolledHolder();
  const parts = { holder, fetch: service.fetch, clock, below: (bound: number) => bound - 1, unsent: () => false, changed: () => {} };
  const attachments = await holder.use((outbox) => Promise.resolve(outbox.attachments));
  /** Time goes on until it holds. */
  const until = (holds: () => unknown) =>
    vi.waitFor(async () => {
      clock.advance(1_000);
      await holds();
    });
  return { clock, service, store, holder, attachments, until, uploader: new Uploader(parts), parts };
}

/** Plain characters: as many bytes. */
const words = (n: number) => Array.from({ length: n }, (_, i) => String.fromCharCode(97 + (i % 26))).join('');

async function add({ attachments }: Pick<Awaited<ReturnType<typeof world>>, 'attachments'>, n: number, text: string) {
  const data = new TextEncoder().encode(text);
  const sha256 = await sha256Hex(data);
  const file = { attachment_id: numbered(n), alert_id: ALERT, media: 'photo' as const, content_type: 'image/jpeg', sha256, created_at_ms: n };
  await attachments.add({ ...file, data: data.buffer });
}

it('sends one after the other, the oldest first, byte for byte', async () => {
  const w = await world();
  await add(w, 1, words(100_000));
  await add(w, 2, words(10));
  w.uploader.nudge();
  await w.until(async () => expect((await w.attachments.all()).map(({ state }) => state)).toEqual(['done', 'done']));
  expect([...w.store.files.values()].map(({ text }) => text)).toEqual([words(100_000), words(10)]);
  expect(w.store.files.get(numbered(1))?.begun).toMatchObject({ alert_id: ALERT, media: 'photo', bytes: 100_000, sha256: await sha256Hex(new TextEncoder().encode(words(100_000))) });
  expect(w.service.asked.filter(({ method }) => method === 'POST')).toHaveLength(2);
  expect(w.service.asked.every(({ headers }) => headers.has('sos-signature'))).toBe(true);
});

it('goes on after the app was closed, from where the service is', async () => {
  const w = await world();
  await add(w, 1, words(100_000));
  w.service.answer = (asked) => (asked.method === 'PUT' && w.store.files.get(numbered(1))?.text.length ? null : w.store.answer(asked));
  w.uploader.nudge();
  await w.until(async () => expect((await w.attachments.next())?.received_bytes).toBe(16_384));
  const again = await world(w.holder);
  again.store.files.set(numbered(1), { ...(w.store.files.get(numbered(1)) as { begun: NewAttachment; text: string }) });
  again.uploader.nudge();
  await again.until(async () => expect(await again.attachments.next()).toBeNull());
  expect(again.service.asked[1]?.path).toBe(`/api/device/attachments/${numbered(1)}/16384`);
  expect(again.store.files.get(numbered(1))?.text).toBe(words(100_000));
});

it('lets an SOS go first, and gives up the part that is on its way', async () => {
  const w = await world();
  await add(w, 1, words(40_000));
  w.service.answer = (asked) => (asked.method === 'PUT' ? new Promise(() => {}) : w.store.answer(asked));
  w.uploader.nudge();
  await vi.waitFor(() => expect(w.service.asked.at(-1)?.method).toBe('PUT'));
  await w.holder.use((outbox) => outbox.press({ alert_id: ALERT }, 1));
  w.service.answer = (asked) => w.store.answer(asked);
  w.uploader.changed();
  await vi.waitFor(() => expect(w.service.calledOff).toEqual([`/api/device/attachments/${numbered(1)}/0`]));
  w.uploader.nudge();
  await w.until(() => {});
  expect(w.service.asked).toHaveLength(2);
  await w.holder.use((outbox) => outbox.apply({ kind: 'receipt', receipt: { alert_id: ALERT, stage: 'received', at_ms: 1 } }));
  w.uploader.changed();
  await w.until(async () => expect(await w.attachments.next()).toBeNull());
});

it('keeps why one was refused, and goes on with the next', async () => {
  const w = await world();
  await add(w, 1, 'not a picture');
  await add(w, 2, 'x');
  w.service.answer = (asked) => (asked.path.includes(numbered(1)) ? problem(422, 'content_refused') : w.store.answer(asked));
  w.uploader.nudge();
  await w.until(async () => expect(await w.attachments.all()).toMatchObject([{ state: 'refused', code: 'content_refused' }, { state: 'done' }]));
});

it('sends nothing from a phone that nobody enrolled', async () => {
  const w = await world(new Holder(new IDBFactory(), 'outbox'));
  await add(w, 1, 'x');
  const used = vi.spyOn(w.holder, 'use');
  w.uploader.nudge();
  await w.until(() => expect(used).toHaveBeenCalled());
  expect(w.service.asked).toEqual([]);
});

it('keeps at most ten that wait, and lets go of the bytes of closed cases', async () => {
  const w = await world();
  for (let n = 1; n <= ATTACHMENTS_WAITING_MAX; n++) await add(w, n, 'x');
  await expect(add(w, 99, 'x')).rejects.toBeInstanceOf(FullError);
  await w.attachments.received(numbered(1), 1, true);
  await w.attachments.refused(numbered(2), 'too_many');
  // A late answer changes nothing.
  await w.attachments.received(numbered(2), 1, false);
  await w.holder.use((outbox) => outbox.press({ alert_id: ALERT }, 1));
  const reopened = async () => {
    w.holder.close();
    const attachments = await w.holder.use((outbox) => Promise.resolve(outbox.attachments));
    const data = await Promise.all([1, 2, 3].map(async (n) => (await attachments.data(numbered(n)))?.byteLength ?? null));
    return [(await attachments.all()).slice(0, 3).map(({ state }) => state), data];
  };
  const states = ['done', 'refused', 'waiting'];
  expect(await reopened()).toEqual([states, [1, 1, 1]]);
  await w.holder.use((outbox) => outbox.apply({ kind: 'receipt', receipt: { alert_id: ALERT, stage: 'closed', at_ms: 1, seq: 3 } }));
  expect(await reopened()).toEqual([states, [null, null, 1]]);
});
