// A code that the phone's own camera read opens the app with it: to be confirmed there.
import { afterEach, expect, it, vi } from 'vitest';
import { FakePlatform } from '../testing/app_platform';
import { App } from './app.svelte';
import { codeOf } from './link';

vi.mock('./signals', () => ({
  armSound: () => {},
  play: () => {},
  vibrate: () => {},
  watchBattery: () => Promise.resolve(),
  ScreenLight: class {
    want() {}
    renew() {}
  },
}));
afterEach(() => vi.unstubAllGlobals());

function opened(hash: string) {
  const platform = new FakePlatform();
  const address = { pathname: '/app/', hash };
  const shown: unknown[] = [];
  const heard = new Map<string, () => void>();
  vi.stubGlobal('location', address);
  vi.stubGlobal('addEventListener', (type: string, fn: () => void) => heard.set(type, fn));
  vi.stubGlobal('history', {
    state: null,
    replaceState: (_: unknown, __: string, url: string) => {
      shown.push(url);
      address.hash = '';
    },
    pushState: () => {},
  });
  const app = new App(platform, null);
  app.start();
  return { app, platform, address, shown, heard };
}

it('prefills the code, keeps it out of the address, and sends nothing by itself', async () => {
  const { app, platform, address, shown } = opened('#code=ABCD-EFGH-2345');
  expect([app.code, app.screen, address.hash, shown]).toEqual(['ABCD-EFGH-2345', 'settings', '', ['/app/']]);
  await vi.waitFor(() => expect(app.phone.ready).toBe(true));
  expect(platform.posts).toEqual([]);
});

it('does so in an app that is open already', () => {
  const { app, address, heard } = opened('');
  expect([app.code, app.screen]).toEqual(['', 'main']);
  address.hash = '#code=ABCDEFGH2345';
  heard.get('hashchange')?.();
  expect([app.code, app.screen]).toEqual(['ABCDEFGH2345', 'settings']);
});

it.each([
  ['#code=ABCDEFGH2345', 'ABCDEFGH2345'],
  ['#enrol=abcd-efgh-2345', 'abcd-efgh-2345'],
  ['#code=', null],
  ['#code=a%20b', null],
  [`#code=${'A'.repeat(41)}`, null],
  ['#card=ABCD', null],
  ['', null],
])('reads %s', (hash, code) => expect(codeOf(hash)).toBe(code));

it('goes to the chat when a notice of a message was tapped', () => {
  const { app, platform } = opened('');
  platform.notice({ go: 'chat' });
  expect(app.screen).toBe('chat');
  platform.notice({ go: 'nowhere' });
  expect(app.screen).toBe('chat');
});
