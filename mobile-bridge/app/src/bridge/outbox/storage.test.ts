// What the contract cannot say: how it is on disk, and what happens when the disk refuses.
import { IDBFactory, IDBKeyRange, IDBObjectStore } from 'fake-indexeddb';
import { afterEach, expect, it, vi } from 'vitest';
import { makeKeys } from '../proof';
import { StorageError } from './db';
import { Outbox } from './outbox';

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

function raw(factory: IDBFactory): Promise<IDBDatabase> {
  return new Promise((done) => {
    const request = factory.open('outbox');
    request.onsuccess = () => done(request.result);
  });
}
