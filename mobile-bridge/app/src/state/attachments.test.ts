import { afterEach, expect, it, vi } from 'vitest';
import { VOICE_BYTES_MAX } from '@protocol';
import { IDBObjectStore } from 'fake-indexeddb';
import { ATTACHMENTS_WAITING_MAX } from '../bridge/outbox/attachments';
import { enrolledHolder, FakeService } from '../testing/device';
import { ManualClock } from '../testing/manual_clock';
import { numbered } from '../testing/phone';
import { Attachments } from './attachments.svelte';

afterEach(() => vi.restoreAllMocks());
const photo = () => new Blob(['picture'], { type: 'image/jpeg;x=1' });

async function world() {
  const service = new FakeService();
  const holder = await enrolledHolder();
  const parts = { holder, fetch: service.fetch, clock: new ManualClock(), below: () => 0, unsent: () => false, changed: () => {} };
  return { service, holder, attachments: new Attachments(parts) };
}

it('keeps a file for the newest alert, behind the last message, and shows it', async () => {
  const { holder, attachments } = await world();
  await expect(attachments.add('photo', photo())).rejects.toMatchObject({ reason: 'no_alert' });
  await holder.use((outbox) => outbox.press({ alert_id: numbered(3) }, 1));
  await holder.use((outbox) => outbox.writeMessage({ message_id: numbered(4), alert_id: numbered(3), text: 'x', device_time_ms: 1 }));
  await attachments.add('photo', photo());
  await attachments.read();
  expect(attachments.list).toMatchObject([{ alert_id: numbered(3), after: numbered(4), media: 'photo', content_type: 'image/jpeg', bytes: 7, state: 'waiting' }]);
  const data = await attachments.data(attachments.list[0]?.attachment_id ?? '');
  expect(new TextDecoder().decode(data ?? undefined)).toBe('picture');
  expect(await attachments.data(numbered(9))).toBeNull();
});

it('keeps nothing that the service would not take, that is too many, or that the disk refuses', async () => {
  const { holder, attachments } = await world();
  await holder.use((outbox) => outbox.press({ alert_id: numbered(3) }, 1));
  await expect(attachments.add('voice', new Blob([new Uint8Array(VOICE_BYTES_MAX + 1)]))).rejects.toMatchObject({ name: 'TooLarge' });
  for (let i = 0; i < ATTACHMENTS_WAITING_MAX; i++) await attachments.add('photo', photo());
  await expect(attachments.add('photo', photo())).rejects.toMatchObject({ name: 'FullError' });
  vi.spyOn(IDBObjectStore.prototype, 'add').mockImplementation(() => {
    throw new DOMException('no room', 'QuotaExceededError');
  });
  await attachments.read();
  await holder.use((outbox) => outbox.attachments.refused(attachments.list[0]?.attachment_id ?? '', 'too_many'));
  await expect(attachments.add('photo', photo())).rejects.toMatchObject({ reason: 'full' });
});
