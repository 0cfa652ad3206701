import { describe, expect, it } from 'vitest';
import { openFrom, readNotice, showNotice } from './notices';
import type { Page, WorkerScope } from './types';

const CASE = '01890a5d-ac96-774b-bcce-b302099a8057';

function scopeWith(...urls: string[]) {
  const seen: unknown[] = [];
  const pages: Page[] = urls.map((url) => ({
    url,
    focus: async () => void seen.push(`focus ${url}`),
    postMessage: (said) => void seen.push(said),
  }));
  const scope = {
    clients: { matchAll: async () => pages, openWindow: async (url: string) => void seen.push(`open ${url}`) },
    registration: { showNotification: async (title: string, options: object) => void seen.push({ title, ...options }) },
  } as unknown as WorkerScope;
  return { scope, seen };
}

describe('a push', () => {
  it('is shown in the words of the service, one notice a case, until it is answered', async () => {
    const { scope, seen } = scopeWith();
    await showNotice(scope, readNotice(JSON.stringify({ title: 'SOS P1', body: 'Chưa ai trả lời', case_id: CASE, kind: 'escalated' })));
    expect(seen).toMatchObject([{ title: 'SOS P1', body: 'Chưa ai trả lời', tag: CASE, renotify: true, requireInteraction: true }]);
  });

  it('is shown whatever it says: a browser takes the right away from who shows nothing', () => {
    for (const text of [undefined, '', '{', '{"title":1}', 'null']) expect(readNotice(text).body).toBe('Mở bàn trực để xem.');
    expect(readNotice(JSON.stringify({ title: 'a', body: 'b', case_id: '../../evil' })).case_id).toBeNull();
  });
});

describe('a notice that is pressed', () => {
  it('brings the console to the front, at the case', async () => {
    const { scope, seen } = scopeWith('https://sos.example/app/', 'https://sos.example/');
    await openFrom(scope, { case_id: CASE });
    expect(seen).toEqual([{ show: CASE }, 'focus https://sos.example/']);
  });

  it('opens one where there is none, and never takes the workers’ app for it', async () => {
    const { scope, seen } = scopeWith('https://sos.example/app/', 'https://sos.example/app');
    await openFrom(scope, { case_id: CASE });
    await openFrom(scope, { case_id: 'x y' });
    await openFrom(scope, null);
    expect(seen).toEqual([`open /#case=${CASE}`, 'open /', 'open /']);
  });
});
