// What an officer sees in a shift, in both languages and both themes, and on a narrow screen.
import type { Page } from 'playwright-core';
import { describe, it } from 'vitest';
import { useBrowser } from './browser/in_tests';
import { fitsAcross, looksRight, speak, type Language } from './browser/screens';
import { Officer } from './browser/officer';
import { useService } from './service/in_tests';
import { createWorkers, LAN, MINH } from './service/people';
import { Phone } from './service/phone';

const service = useService();
const chromium = useBrowser({ webgl: false });
const TABS = ['chat', 'ask', 'timeline', 'profile', 'near', 'escalation'] as const;
const BY_KEY = { a: 'assign', t: 'transfer', e: 'raise', r: 'close', s: 'share', p: 'priority', g: 'tags', l: 'link', d: 'groups', '?': 'keys' };
const FROM_MENU = {
  vi: { channels: 'Báo cho tôi khi tôi rời bàn', 'end-shift': 'Kết thúc ca trực' },
  en: { channels: 'Tell me when I am away', 'end-shift': 'End the shift' },
};

type Look = (page: Page, name: string, within?: string) => Promise<void>;

describe.each(['vi', 'en'] as const)('in %s', (language) => {
  it('a case and its dialogs look right', async () => {
    const officer = await atWork(language, 1366, 768);
    const { page } = officer;
    await throughTabs(page, `case-${language}`, looksRight);
    await page.keyboard.press('.');
    await page.getByRole('menu').waitFor();
    await looksRight(page, `case-${language}-more`, '.case-panel');
    await page.keyboard.press('Escape');
    await throughDialogs(page, language, `dialog-${language}`, looksRight);
    await officer.leave();
  });
});

it('is never wider than a telephone', async () => {
  const officer = await atWork('vi', 390, 844);
  const { page } = officer;
  for (const [width, height] of [[390, 844], [320, 568]] as const) {
    await page.setViewportSize({ width, height });
    await throughTabs(page, `narrow-${width}`, fitsAcross);
    await throughDialogs(page, 'vi', `narrow-${width}`, fitsAcross);
  }
  // The top of the page is fullest while it rings.
  await press('Bạch Văn Sơn');
  await page.locator('[data-testid=sound][data-sound=ringing]').waitFor();
  for (const sound of ['ringing', 'muted']) {
    if (sound === 'muted') await page.keyboard.press('m');
    await page.locator(`[data-testid=sound][data-sound=${sound}]`).waitFor();
    for (const width of [390, 360, 320]) {
      await page.setViewportSize({ width, height: 640 });
      await fitsAcross(page, `narrow-${width}-${sound}`);
    }
  }
  await officer.leave();
});

async function press(name: string): Promise<string> {
  const [code] = await createWorkers(service, [name]);
  const phone = await Phone.enrolled(service, code as never);
  const { case_id } = await phone.press('rang', { at: { lat: 25.04, lon: 121.51 }, kind: 'injured', text: 'Em ngã từ giàn giáo' });
  return case_id as string;
}

/** An officer who holds a case, and looks at it. */
async function atWork(language: Language, width: number, height: number): Promise<Officer> {
  const officer = await Officer.at(chromium.get(), service.url, { width, height });
  const { page } = officer;
  await officer.startShift(language === 'vi' ? MINH : LAN);
  await speak(page, language);
  await page.locator('dialog button.start').click();
  await page.locator('dialog').waitFor({ state: 'detached' });
  await officer.open(await press(`Vũ Thị Ngọc Ánh ${language} ${width}`));
  await page.keyboard.press('c');
  await officer.state('claimed');
  return officer;
}

async function throughTabs(page: Page, name: string, look: Look): Promise<void> {
  for (const [at, tab] of TABS.entries()) {
    await page.keyboard.press(String(at + 1));
    await page.locator(`#case-tab-${tab}[aria-selected=true]`).waitFor();
    await look(page, `${name}-${tab}`, at === 0 ? undefined : '.case-panel');
  }
  await page.keyboard.press('1');
}

async function throughDialogs(page: Page, language: Language, name: string, look: Look): Promise<void> {
  const dialog = page.locator('dialog[open]');
  const inDialog = async (which: string, open: () => Promise<void>) => {
    await open();
    await dialog.waitFor();
    await look(page, `${name}-${which}`, 'dialog[open]');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  };
  for (const [key, which] of Object.entries(BY_KEY)) await inDialog(which, () => page.keyboard.press(key));
  for (const [which, button] of Object.entries(FROM_MENU[language])) {
    await inDialog(which, async () => {
      await page.locator('[popovertarget=menu]').click();
      await page.locator('#menu').getByRole('button', { name: button }).click();
    });
  }
}
