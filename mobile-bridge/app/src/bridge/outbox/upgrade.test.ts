// A phone that has the tables of an earlier version keeps what is in them; a page of an earlier version keeps working.
import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { expect, it } from 'vitest';
import { numbered } from '../../testing/phone';
import { Outbox } from './outbox';

globalThis.IDBKeyRange = IDBKeyRange;

/** The first version's tables and the column that no two rows share, as they were released. */
const FIRST: [string, string | null][] = [
  ['device', null],
  ['alert_queue', 'alert_id'],
  ['cancel_queue', 'alert_id'],
  ['message_queue', 'message_id'],
  ['fix_queue', 'fix_id'],
  ['delivered_queue', 'message_id'],
  ['alert', 'alert_id'],
  ['receipt', 'key'],
  ['message', 'message_id'],
];

function open(factory: IDBFactory, version: number, change: (db: IDBDatabase, tx: IDBTransaction) => void): Promise<IDBDatabase> {
  return new Promise((done, failed) => {
    const request = factory.open('outbox', version);
    request.onupgradeneeded = () => change(request.result, request.transaction as IDBTransaction);
    request.onerror = () => failed(request.error);
    request.onsuccess = () => done(request.result);
  });
}

async function ofTheFirstVersion(factory: IDBFactory): Promise<void> {
  const db = await open(factory, 1, (made, tx) => {
    for (const [table, unique] of FIRST) {
      const store = made.createObjectStore(table, { keyPath: 'n', autoIncrement: true });
      if (unique) store.createIndex(unique, unique, { unique: true });
    }
    const alert_id = numbered(1);
    tx.objectStore('device').add({ last_seq: 7, identity: { device_id: numbered(9), credential: 'kept' } });
    tx.objectStore('alert').add({ alert_id, pressed_at_ms: 5, receipt: null, closed: false, cancel: 'none' });
    tx.objectStore('alert_queue').add({ alert_id, alert: { alert_id } });
    tx.objectStore('message').add({ message_id: numbered(2), alert_id, from_officer: null, text: 'x', at_ms: 6, accepted_at_ms: null });
  });
  db.close();
}

it('keeps a waiting press, the chat and the credential of the version before', async () => {
  const factory = new IDBFactory();
  await ofTheFirstVersion(factory);
  const outbox = await Outbox.open(factory, 'outbox');
  expect((await outbox.queue()).alerts.map(({ alert }) => alert.alert_id)).toEqual([numbered(1)]);
  expect([(await outbox.identity())?.credential, await outbox.lastSeq()]).toEqual(['kept', 7]);
  expect((await outbox.messages()).map(({ text }) => text)).toEqual(['x']);
  await outbox.checkIns.add(numbered(3), 1, null);
  await outbox.attachments.add({
    attachment_id: numbered(4),
    alert_id: numbered(1),
    media: 'photo',
    content_type: 'image/jpeg',
    sha256: '',
    created_at_ms: 1,
    data: new ArrayBuffer(3),
  });
  outbox.close();
  const again = await Outbox.open(factory, 'outbox');
  expect([(await again.checkIns.next())?.check_in_id, (await again.attachments.next())?.bytes]).toEqual([numbered(3), 3]);
});

it('makes the same tables for a new phone as for one that was upgraded', async () => {
  const tables = async (factory: IDBFactory) => {
    (await Outbox.open(factory, 'outbox')).close();
    const db = await open(factory, 2, () => {});
    const names = [...db.objectStoreNames];
    const all = db.transaction(names, 'readonly');
    const shape = names.map((name) => [name, [...all.objectStore(name).indexNames]]);
    db.close();
    return shape;
  };
  const upgraded = new IDBFactory();
  await ofTheFirstVersion(upgraded);
  expect(await tables(upgraded)).toEqual(await tables(new IDBFactory()));
});

it('saves a press although a later version of the app has added tables meanwhile', async () => {
  const factory = new IDBFactory();
  const before = await Outbox.open(factory, 'outbox');
  (await open(factory, 9, (db) => db.createObjectStore('later'))).close();
  // The later version has closed it.
  await expect(before.press({ alert_id: numbered(1) }, 1)).rejects.toThrow();
  const again = await Outbox.open(factory, 'outbox');
  await again.press({ alert_id: numbered(1) }, 1);
  expect((await again.queue()).alerts).toHaveLength(1);
});

it('says so where a later version lacks what is needed', async () => {
  const factory = new IDBFactory();
  (await open(factory, 9, (db) => db.createObjectStore('later'))).close();
  await expect(Outbox.open(factory, 'outbox')).rejects.toMatchObject({ reason: 'newer' });
});

it('a press does not wait for a photo that is being written', async () => {
  const factory = new IDBFactory();
  const outbox = await Outbox.open(factory, 'outbox');
  const db = await open(factory, 2, () => {});
  const writing = db.transaction(['attachment', 'attachment_data', 'check_in'], 'readwrite');
  let holds = true;
  const hold = () => {
    if (holds) writing.objectStore('attachment').count().onsuccess = hold;
  };
  hold();
  await outbox.press({ alert_id: numbered(1) }, 1);
  expect((await outbox.queue()).alerts).toHaveLength(1);
  holds = false;
});
