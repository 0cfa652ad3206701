// What an officer sees in a shift, in both languages and both themes, and on a narrow screen.
import type { Page } from 'playwright-core';
import { it } from 'vitest';
import { useBrowser } from './browser/in_tests';
import { fitsAcross, looksRight } from './browser/screens';
import { Officer } from './browser/officer';
import { presses } from './service/flood';
import { useService } from './service/in_tests';
import { createWorkers, MINH } from './service/people';
import { Phone } from './service/phone';

const service = useService();
const chromium = useBrowser({ webgl: false });
const TABS = ['chat', 'ask', 'timeline', 'profile', 'near', 'escalation'] as const;
const BY_KEY = { a: 'assign', t: 'transfer', e: 'raise', r: 'close', s: 'share', p: 'priority', g: 'tags', l: 'link', d: 'groups', '?': 'keys' };
const FROM_MENU = { channels: 'Báo cho tôi khi tôi rời bàn', 'end-shift': 'Kết thúc ca trực' };

/** Enough to be one matter. */
const AT_ONE_PLACE = 5;

type Look = (page: Page, name: string, within?: string) => Promise<void>;

it('a case and its dialogs look right', async () => {
  const officer = await atWork('Vũ Thị Ngọc Ánh', 1366, 768);
  const { page } = officer;
  await throughTabs(page, 'case', looksRight);
  await page.keyboard.press('.');
  await page.getByRole('menu').waitFor();
  await looksRight(page, 'case-more', '.case-panel');
  await page.getByRole('menuitem', { name: 'Gộp vào ca khác' }).click();
  await page.locator('dialog[open]').waitFor();
  await looksRight(page, 'dialog-merge', 'dialog[open]');
  await page.keyboard.press('Escape');
  await throughDialogs(page, 'dialog', looksRight);
  await officer.leave();
});

it('the queue, the menus and the end of a case look right', async () => {
  const officer = await atWork('Đặng Thị Xuân', 1366, 768);
  const { page } = officer;
  for (const tab of ['Chưa nhận', 'Đang xử lý', 'Đã đóng', 'Của tôi'] as const) {
    await officer.queueTab(tab);
    await looksRight(page, `queue-${tab}`, '.queue-panel');
  }
  for (const popover of ['menu', 'on-duty']) {
    await page.locator(`[popovertarget=${popover}]`).click();
    await page.locator(`#${popover}:popover-open`).waitFor();
    await looksRight(page, `popover-${popover}`, `#${popover}`);
    await page.keyboard.press('Escape');
  }
  await officer.close('Báo nhầm', 'Chị ấy bấm nhầm.');
  await looksRight(page, 'case-closed', '.case-panel');
  await officer.leave();
});

it('is never wider than a telephone', async () => {
  const officer = await atWork('Nguyễn Hoàng Thị Thanh Phương Dung', 390, 844);
  const { page } = officer;
  await looksRight(page, 'narrow-case');
  for (const [width, height] of [[390, 844], [320, 568]] as const) {
    await page.setViewportSize({ width, height });
    await throughTabs(page, `narrow-${width}`, fitsAcross);
    await throughDialogs(page, `narrow-${width}`, fitsAcross);
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

it('groups of cases look right', async () => {
  const officer = await Officer.at(chromium.get(), service.url);
  const { page } = officer;
  await officer.startShift(MINH);
  await presses(service, AT_ONE_PLACE);
  await page.getByTestId('groups').waitFor();
  await page.keyboard.press('d');
  await page.getByRole('dialog').getByTestId('group').first().waitFor();
  await looksRight(page, 'dialog-groups-some', 'dialog[open]');
  await officer.leave();
});

async function press(name: string): Promise<string> {
  const [code] = await createWorkers(service, [name]);
  const phone = await Phone.enrolled(service, code as never);
  const { case_id } = await phone.press('rang', { at: { lat: 25.04, lon: 121.51 }, kind: 'injured', text: 'Em ngã từ giàn giáo' });
  return case_id as string;
}

/** An officer who holds a case, and looks at it. */
async function atWork(name: string, width: number, height: number): Promise<Officer> {
  const officer = await Officer.at(chromium.get(), service.url, { width, height });
  const { page } = officer;
  await officer.startShift(MINH);
  await officer.open(await press(name));
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

async function throughDialogs(page: Page, name: string, look: Look): Promise<void> {
  const dialog = page.locator('dialog[open]');
  const inDialog = async (which: string, open: () => Promise<void>) => {
    await open();
    await dialog.waitFor();
    await look(page, `${name}-${which}`, 'dialog[open]');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  };
  for (const [key, which] of Object.entries(BY_KEY)) await inDialog(which, () => page.keyboard.press(key));
  for (const [which, button] of Object.entries(FROM_MENU)) {
    await inDialog(which, async () => {
      await page.locator('[popovertarget=menu]').click();
      await page.locator('#menu').getByRole('button', { name: button }).click();
    });
  }
}
