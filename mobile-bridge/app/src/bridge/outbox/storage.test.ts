// What the contract cannot say: how it is on disk, and what happens when the disk refuses.
import { IDBFactory, IDBKeyRange, IDBObjectStore } from 'fake-indexeddb';
import { afterEach, expect, it, vi } from 'vitest';
import { makeKeys } from '../proof';
import { StorageError } from './db';
import { Outbox } from './outbox';
import { FullError } from './queue';
import { ALERTS_QUEUED_MAX } from './types';

globalThis.IDBKeyRange = IDBKeyRange;
const alert = { alert_id: '00000000-0000-0000-0000-000000000001' };

afterEach(() => vi.restoreAllMocks());

it('asks for a commit that is on disk before it says that a press is saved', async () => {
  const factory = new IDBFactory();
  const outbox = await Outbox.open(factory, 'outbox');
  const asked = vi.spyOn(Object.getPrototypeOf(await raw(factory)) as IDBDatabase, 'transaction');
  await outbox.press(alert, 1);
  expect(asked).toHaveBeenCalledWith(expect.anything(), 'readwrite', { durability: 'strict' });
});

it('says that the storage is full, and keeps nothing of what was being written', async () => {
  const outbox = await Outbox.open(new IDBFactory(), 'outbox');
  const add = IDBObjectStore.prototype.add;
  vi.spyOn(IDBObjectStore.prototype, 'add').mockImplementation(function (this: typeof IDBObjectStore.prototype, row: unknown) {
    if (this.name === 'alert_queue') throw new DOMException('no room', 'QuotaExceededError');
    return add.call(this, row);
  });
  const refused = await outbox.press(alert, 1).catch((error: unknown) => error);
  expect((refused as StorageError).reason).toBe('full');
  vi.restoreAllMocks();
  expect([await outbox.alertState(alert.alert_id), (await outbox.queue()).alerts]).toEqual([null, []]);
  await outbox.press(alert, 1);
  expect((await outbox.queue()).alerts).toHaveLength(1);
});

it('says so where storage is forbidden', async () => {
  const factory = { open: () => { throw new DOMException('no', 'SecurityError'); } } as unknown as IDBFactory;
  await expect(Outbox.open(factory, 'outbox')).rejects.toBeInstanceOf(StorageError);
});

it('keeps the device key, the first one that came', async () => {
  const factory = new IDBFactory();
  const outbox = await Outbox.open(factory, 'outbox');
  const first = await outbox.setKeys(await makeKeys());
  expect(await outbox.setKeys(await makeKeys())).toEqual(first);
  outbox.close();
  const again = await Outbox.open(factory, 'outbox');
  expect((await again.keys())?.privateKey.extractable).toBe(false);
});

it('an SOS is never told under a drill, nor a drill under an SOS', async () => {
  const outbox = await Outbox.open(new IDBFactory(), 'outbox');
  const id = (n: number) => `00000000-0000-0000-0000-${n.toString(16).padStart(12, '0')}`;
  for (let n = 0; n < ALERTS_QUEUED_MAX - 1; n++) await outbox.press({ alert_id: id(n) }, 1);
  await outbox.press({ alert_id: id(500), drill: true }, 1);
  expect(await outbox.press({ alert_id: id(501) }, 1)).toBe(id(ALERTS_QUEUED_MAX - 2));
  await expect(outbox.press({ alert_id: id(502), drill: true }, 1)).rejects.toBeInstanceOf(FullError);
});

it('a drill is over when it was taken back, and stands behind an SOS', async () => {
  const outbox = await Outbox.open(new IDBFactory(), 'outbox');
  const drill = '00000000-0000-0000-0000-000000000002';
  const reached = (alert_id: string, seq: number) => ({ kind: 'receipt', receipt: { alert_id, stage: 'rang', at_ms: 1, seq } }) as const;
  await outbox.press(alert, 1);
  await outbox.press({ alert_id: drill, drill: true }, 2);
  await outbox.apply(reached(alert.alert_id, 1));
  await outbox.apply(reached(drill, 2));
  expect([(await outbox.queue()).open, await outbox.openAlert(), await outbox.newestAlert()]).toEqual([[alert.alert_id, drill], alert.alert_id, alert.alert_id]);
  await outbox.cancel(drill, 3);
  await outbox.apply({ kind: 'accepted', id: drill, at_ms: 4 });
  await outbox.apply(reached(drill, 5));
  expect([(await outbox.queue()).open, await outbox.drillsLeft()]).toEqual([[alert.alert_id], []]);
});

it('knows of no PIN when the phone goes to another worker', async () => {
  const outbox = await Outbox.open(new IDBFactory(), 'outbox');
  const of = (worker_id: string) => ({ device_id: 'd', credential: 'c', credential_expires_ms: 9, worker: { worker_id, name: 'x', language: 'vi' } });
  await outbox.setIdentity(of('1'));
  await outbox.setHasPin();
  await outbox.setIdentity(of('1'));
  expect(await outbox.hasPin()).toBe(true);
  await outbox.setIdentity(of('2'));
  expect(await outbox.hasPin()).toBe(false);
});

function raw(factory: IDBFactory): Promise<IDBDatabase> {
  return new Promise((done) => {
    const request = factory.open('outbox');
    request.onsuccess = () => done(request.result);
  });
}
