import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { expect, it } from 'vitest';
import type { AlertPost, AlertStatus } from '@protocol';
import { Outbox } from '../bridge/outbox/outbox';
import { postWaiting } from './post_waiting';

globalThis.IDBKeyRange = IDBKeyRange;
const FIRST = '00000000-0000-0000-0000-000000000001';
const SECOND = '00000000-0000-0000-0000-000000000002';

/** A service that has one answer. */
function service(answer: (alert_id: string) => AlertStatus | null) {
  const posts: AlertPost[] = [];
  const fetch = (_path: unknown, init?: RequestInit) => {
    const post = JSON.parse(String(init?.body)) as AlertPost;
    posts.push(post);
    const status = answer(post.alert.alert_id);
    return status ? Promise.resolve(Response.json(status)) : Promise.reject(new TypeError('no network'));
  };
  return { posts, fetch: fetch as typeof globalThis.fetch };
}

it('posts what no store has, the newest first, with the time that it waited, and keeps the receipts', async () => {
  const outbox = await Outbox.open(new IDBFactory(), 'outbox');
  await outbox.press({ alert_id: FIRST, device_time_ms: 1_000 }, 1_000);
  await outbox.press({ alert_id: SECOND, device_time_ms: 5_500 }, 5_500);
  const { posts, fetch } = service((alert_id) => ({ alert_id, receipts: [{ alert_id, stage: 'received', at_ms: 9 }] }));
  await postWaiting(outbox, fetch, () => 6_000);
  expect(posts.map((post) => [post.alert.alert_id, post.alert.waited_ms])).toEqual([
    [SECOND, undefined],
    [FIRST, 5_000],
  ]);
  expect((await outbox.queue()).alerts.map((queued) => queued.received)).toEqual([true, true]);
  await postWaiting(outbox, fetch, () => 7_000);
  expect(posts).toHaveLength(2);
});

it('asks to be woken again when one did not get out', async () => {
  const outbox = await Outbox.open(new IDBFactory(), 'outbox');
  await outbox.press({ alert_id: FIRST }, 1_000);
  await expect(postWaiting(outbox, service(() => null).fetch, () => 2_000)).rejects.toThrow();
  expect((await outbox.queue()).alerts).toHaveLength(1);
});
