import { expect, it, vi } from 'vitest';
import { openFrom, readNotice, showNotice, type Notice } from './notices';
import type { Page, WorkerScope } from './types';

const notice: Notice = { kind: 'message', case_id: 'case', seq: 7, title: 'SOS', body: 'Cán bộ Lan: Em ở đâu?' };
const plain = { silent: false, language: 'vi' as const };

interface Shown {
  title: string;
  options: { tag: string; body?: string; silent: boolean; renotify: boolean; data: unknown };
}

/** Notices by tag, as a browser keeps them, and the pages that are open. */
function world(pages: Partial<Page>[] = []) {
  const shown = new Map<string, Shown>();
  const opened: string[] = [];
  const scope = {
    registration: {
      getNotifications: ({ tag }: { tag: string }) => Promise.resolve([...shown.values()].filter(({ options }) => options.tag === tag).map(({ options }) => options)),
      showNotification: (title: string, options: Shown['options']) => Promise.resolve(void shown.set(options.tag, { title, options })),
    },
    clients: { matchAll: () => Promise.resolve(pages), openWindow: (url: string) => Promise.resolve(opened.push(url)) },
  } as unknown as WorkerScope;
  return { scope, opened, only: () => [...shown.values()] };
}

it('shows what was pushed, one notice a case', async () => {
  const { scope, only } = world();
  await showNotice(scope, notice, plain);
  await showNotice(scope, { ...notice, seq: 9, body: 'Cán bộ Lan đang xử lý.' }, plain);
  expect(only()).toMatchObject([{ title: 'SOS', options: { tag: 'case', body: 'Cán bộ Lan đang xử lý.', silent: false, renotify: true } }]);
});

it('of two of a case the larger seq holds, and one that comes twice rings once', async () => {
  const { scope, only } = world();
  await showNotice(scope, { ...notice, seq: 9, body: 'later' }, plain);
  await showNotice(scope, notice, plain);
  expect(only()[0]?.options.body).toBe('later');
  await showNotice(scope, { ...notice, seq: 9, body: 'later' }, plain);
  expect(only()[0]?.options).toMatchObject({ silent: true, renotify: false });
});

it.each([{ ...plain, silent: true }, null])('says nothing and makes no sound where the worker hides, or nobody knows', async (manner) => {
  const { scope, only } = world();
  await showNotice(scope, notice, manner);
  const [{ title, options } = { title: '', options: {} }] = only();
  expect([title, options]).toEqual(['Có tin mới', { tag: 'case', silent: true, renotify: false, lang: 'vi', data: { kind: 'message', seq: 7 } }]);
});

it('makes no sound where the app is in front', async () => {
  const { scope, only } = world([{ visibilityState: 'visible' }]);
  await showNotice(scope, notice, plain);
  expect(only()[0]?.options).toMatchObject({ silent: true, body: notice.body });
});

it.each([undefined, '', 'no', '[]', '{"kind":"message"}', JSON.stringify({ ...notice, seq: 'x' })])('shows something for what it cannot read: %s', async (text) => {
  const { scope, only } = world();
  await showNotice(scope, readNotice(text), plain);
  expect(only().map(({ title, options }) => [title, options.body])).toEqual([['Có tin mới', undefined]]);
});

it('reads what a later version adds past', () => {
  expect(readNotice(JSON.stringify({ ...notice, message_id: 'm', alert_id: 'a', more: 1 }))).toMatchObject(notice);
});

it('a tap opens the chat for a message, and the state for the rest', async () => {
  const closed = world();
  await openFrom(closed.scope, { kind: 'message', seq: 1 });
  await openFrom(closed.scope, { kind: 'claimed', seq: 1 });
  await openFrom(closed.scope, null);
  expect(closed.opened).toEqual(['/app/#chat', '/app/', '/app/']);
  const page = { url: 'https://sos.example/app/', focus: vi.fn(() => Promise.resolve()), postMessage: vi.fn() };
  const console = { url: 'https://sos.example/', focus: vi.fn(() => Promise.resolve()), postMessage: vi.fn() };
  const open = world([console, page]);
  await openFrom(open.scope, { kind: 'message', seq: 1 });
  expect([page.focus.mock.calls.length, page.postMessage.mock.calls, console.focus.mock.calls.length, open.opened]).toEqual([1, [[{ go: 'chat' }]], 0, []]);
});
