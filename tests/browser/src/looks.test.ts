// What the console shows when things are not as usual, and whether everybody can use it.
import { describe, expect, it } from 'vitest';
import { launch, picture } from './browser/chromium';
import { eastOf, onMap } from './browser/map';
import { useBrowser } from './browser/in_tests';
import { Officer } from './browser/officer';
import { looksRight } from './browser/screens';
import { useService } from './service/in_tests';
import { createWorkers, MINH, QUAN, TAM } from './service/people';
import { Phone } from './service/phone';

/** As far from the chosen case as two marks can be told apart, in kilometres. */
const OTHER_KM = 12;

const service = useService();
/** Drawing the map costs the most: only where it belongs to what is looked at. */
const chromium = useBrowser({ webgl: false });
describe('accessibility', () => {
  it('holds from the way in to an empty desk', async () => {
    const officer = await Officer.at(chromium.get(), service.url);
    const { page } = officer;
    await looksRight(page, 'sign-in');
    await officer.signIn({ ...MINH, login: 'nobody' });
    await page.getByRole('alert').filter({ hasText: 'Sai tài khoản' }).waitFor();
    await looksRight(page, 'sign-in-refused');
    await officer.signIn(MINH);
    await page.getByRole('button', { name: /bật chuông|trực tiếp/i }).waitFor();
    await looksRight(page, 'shift-gate', 'dialog[open]');
    await page.getByRole('button', { name: /bật chuông|trực tiếp/i }).click();
    await page.locator('dialog').waitFor({ state: 'detached' });
    await looksRight(page, 'desk-without-a-case');
    await officer.leave();
  });

  it('holds where a case is on the map', async () => {
    const [code] = await createWorkers(service, ['Đinh Thị Hằng']);
    const phone = await Phone.enrolled(service, code as never);
    const drawing = await launch();
    const officer = await Officer.at(drawing, service.url);
    const { page } = officer;
    await officer.startShift(MINH);
    const { case_id } = await phone.press('rang', { at: { lat: 22.63, lon: 120.3 }, kind: 'held' });
    await officer.open(case_id as string);
    await officer.claim();
    await phone.write('Em bị nhốt trong phòng');
    await page.getByTestId('message-worker').waitFor();
    await officer.mapIsDrawn();
    await looksRight(page, 'desk-with-a-case');
    await drawing.close();
  });

  it('lets a case be claimed and answered by keyboard alone', async () => {
    const [code] = await createWorkers(service, ['Hồ Thị Phím']);
    const phone = await Phone.enrolled(service, code as never);
    const officer = await Officer.at(chromium.get(), service.url);
    await officer.startShift(MINH);
    const { page } = officer;
    const { case_id } = await phone.press('rang');
    await page.keyboard.press('/');
    await page.keyboard.type('ho thi phim');
    await page.keyboard.press('Tab');
    await page.getByTestId('map').waitFor();
    await page.locator('body').evaluate(() => (document.activeElement as HTMLElement).blur());
    await page.keyboard.press('j');
    await page.locator(`.case-panel[data-case="${case_id}"][data-status=ready]`).waitFor();
    await page.keyboard.press('c');
    await officer.state('claimed');
    await officer.leave();
  });
});

describe('the sound', () => {
  it('is off until somebody presses, and the console says so', async () => {
    const officer = await Officer.at(chromium.get(), service.url);
    await officer.startShift(MINH);
    const { page } = officer;
    await page.reload();
    await page.getByRole('heading', { name: 'Bật lại chuông' }).waitFor();
    await looksRight(page, 'shift-gate-again', 'dialog[open]');
    await page.getByRole('button', { name: /trực tiếp/ }).click();
    await page.locator('[data-testid=sound]').waitFor();
    await officer.leave();
  });

  it('cannot be silently off', async () => {
    const officer = await Officer.at(chromium.get(), service.url);
    const { page } = officer;
    await page.addInitScript(() => {
      const contexts: AudioContext[] = [];
      (globalThis as unknown as { suspendSound: () => void }).suspendSound = () => {
        for (const context of contexts) void context.suspend();
      };
      globalThis.AudioContext = class extends AudioContext {
        constructor(options?: AudioContextOptions) {
          super(options);
          contexts.push(this);
        }
      };
    });
    await page.reload();
    await officer.startShift(MINH);
    await page.evaluate(() => (globalThis as unknown as { suspendSound: () => void }).suspendSound());
    const banner = page.getByTestId('sound-banner');
    await banner.waitFor();
    expect(await banner.textContent()).toContain('CHUÔNG ĐANG TẮT');
    await looksRight(page, 'sound-off', '[data-testid=sound-banner]');
    await banner.getByRole('button', { name: 'Bật chuông' }).click();
    await banner.waitFor({ state: 'detached' });
    await officer.leave();
  });
});

describe('what a phone sends', () => {
  it('is never run as HTML', async () => {
    const evil = '<img src=x onerror="document.title=\'hacked\'"><script>document.title="hacked"</script>';
    const [code] = await createWorkers(service, [`Tên ${evil}`]);
    const phone = await Phone.enrolled(service, code as never);
    const officer = await Officer.at(chromium.get(), service.url);
    await officer.startShift(MINH);
    const { case_id } = await phone.press('rang', { text: evil });
    await officer.open(case_id as string);
    await phone.write(evil);
    await officer.page.getByTestId('message-worker').filter({ hasText: evil }).waitFor();
    await officer.tab('Diễn biến');
    await officer.tab('Hồ sơ');
    expect(await officer.page.locator('img, main script').count()).toBe(0);
    expect(await officer.page.title()).not.toBe('hacked');
    await picture(officer.page, 'html-as-text');
    await officer.leave();
  });

  it('is marked unverified when nobody knows the phone', async () => {
    const officer = await Officer.at(chromium.get(), service.url);
    await officer.startShift(MINH);
    const { case_id } = await Phone.unknown(service).press('rang', { at: { lat: 25.1, lon: 121.6 } });
    await officer.open(case_id as string);
    expect(await officer.page.getByTestId('unverified').textContent()).toContain('CHƯA XÁC MINH');
    await looksRight(officer.page, 'unverified', '.case-panel');
    await officer.leave();
  });
});

describe('a press that comes late', () => {
  it('says how long ago it was', async () => {
    const officer = await Officer.at(chromium.get(), service.url);
    await officer.startShift(MINH);
    const { page } = officer;
    await Phone.late(service, { at: { lat: 25.05, lon: 121.52 }, days: 3 });
    const row = page.locator('.row').filter({ hasText: 'đến muộn, bấm 3 ngày trước' });
    await row.first().click();
    await page.locator('.case-panel[data-status=ready]').waitFor();
    expect(await page.getByTestId('late').textContent()).toContain('SOS đến muộn: người lao động đã bấm cách đây 3 ngày');
    await page.getByText('Vị trí CŨ – 3 ngày trước').waitFor();
    await looksRight(page, 'late', '.case-panel');
    await officer.tab('Diễn biến');
    await page.getByText('nằm trên máy 3 ngày mới gửi được').waitFor();
    await officer.leave();
  });
});

describe('other people and other screens', () => {
  it('a reviewer reads and can change nothing', async () => {
    const officer = await Officer.at(chromium.get(), service.url);
    await officer.signIn(TAM);
    const { page } = officer;
    await page.locator('.queue-panel').waitFor();
    await page.locator('.row').first().click();
    await page.locator('.case-panel[data-status=ready]').waitFor();
    await looksRight(page, 'reviewer');
    expect(await page.getByRole('button', { name: /Nhận ca|Đóng ca|Chuyển|Trả lại/ }).count()).toBe(0);
    expect(await page.getByTestId('compose-message').count()).toBe(0);
    await officer.leave();
  });

  it('an administrator sees no case', async () => {
    const officer = await Officer.at(chromium.get(), service.url);
    await officer.signIn(QUAN);
    await officer.page.getByRole('navigation', { name: 'Các mục' }).getByRole('button', { name: 'Bàn trực' }).waitFor();
    expect(await officer.page.locator('.queue-panel').count()).toBe(0);
    await officer.leave();
  });

  it('a computer without WebGL shows the map all the same', async () => {
    const codes = await createWorkers(service, ['Lương Văn Cũ', 'Lương Văn Xa']);
    const [near, far] = await Promise.all(codes.map((code) => Phone.enrolled(service, code)));
    const officer = await Officer.at(chromium.get(), service.url);
    await officer.startShift(MINH);
    const { page } = officer;
    const chosen = await near?.press('rang', { at: { lat: 23.5, lon: 120.9 } });
    const other = await far?.press('rang', { at: eastOf({ lat: 23.5, lon: 120.9 }, OTHER_KM) });
    await officer.row(other?.case_id as string).waitFor();
    await officer.open(chosen?.case_id as string);
    await page.locator('[data-testid=map][data-chosen="120.9,23.5"]').waitFor();
    await officer.mapIsDrawn();
    await looksRight(page, 'no-webgl');
    await page.mouse.click(...(await onMap(page, OTHER_KM)));
    await page.locator(`.case-panel[data-case="${other?.case_id}"][data-status=ready]`).waitFor();
    await officer.leave();
  });

  it.each([
    ['phone', 390, 844],
    ['large', 1920, 1080],
  ] as const)('fits a %s screen', async (name, width, height) => {
    const officer = await Officer.at(chromium.get(), service.url, { width, height });
    await officer.startShift(MINH);
    const { page } = officer;
    await page.locator('.row').first().click();
    await page.locator('.case-panel[data-status=ready]').waitFor();
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    await looksRight(page, `screen-${name}`);
    await officer.leave();
  });
});
