// What the console shows when things are not as usual, and whether everybody can use it.
import { describe, expect, it } from 'vitest';
import { violations } from './browser/axe';
import { launch, picture } from './browser/chromium';
import { useBrowser } from './browser/in_tests';
import { Officer } from './browser/officer';
import { useService } from './service/in_tests';
import { createWorkers, MINH, QUAN, TAM } from './service/people';
import { Phone } from './service/phone';

const service = useService();
const chromium = useBrowser();
describe('accessibility', () => {
  it.each(['dark', 'light'] as const)('holds in %s', async (theme) => {
    const [code] = await createWorkers(service, [`Đinh Thị ${theme}`]);
    const phone = await Phone.enrolled(service, code as never);
    const officer = await Officer.at(chromium.get(), service.url);
    const { page } = officer;
    await page.evaluate((wanted) => localStorage.setItem('sos.console.settings', JSON.stringify({ theme: wanted })), theme);
    await page.reload();
    expect(await violations(page)).toEqual([]);
    await officer.startShift(MINH);
    const { case_id } = await phone.press('rang', { at: { lat: 22.63, lon: 120.3 }, kind: 'held' });
    await officer.open(case_id as string);
    await officer.claim();
    await phone.write('Em bị nhốt trong phòng');
    await page.getByTestId('message-worker').waitFor();
    expect(await violations(page)).toEqual([]);
    await officer.tab('Diễn biến');
    expect(await violations(page)).toEqual([]);
    await officer.tab('Hồ sơ');
    expect(await violations(page)).toEqual([]);
    for (const key of ['r', 't', '?']) {
      await page.keyboard.press(key);
      await page.getByRole('dialog').waitFor();
      expect(await violations(page)).toEqual([]);
      await picture(page, `dialog-${theme}-${key === '?' ? 'help' : key}`);
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    }
    await officer.leave();
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
    await picture(page, 'sound-off');
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
    await picture(officer.page, 'unverified');
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
    await picture(page, 'late');
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

  it('a computer without WebGL shows coordinates instead of a blank', async () => {
    const [code] = await createWorkers(service, ['Lương Văn Cũ']);
    const phone = await Phone.enrolled(service, code as never);
    const plain = await launch({ webgl: false });
    const officer = await Officer.at(plain, service.url);
    await officer.startShift(MINH);
    await phone.press('rang', { at: { lat: 25.0478, lon: 121.5171 } });
    await officer.page.locator('[data-testid=map][data-state=list]').getByText('25.04780, 121.51710').waitFor();
    await picture(officer.page, 'no-webgl');
    await plain.close();
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
    await picture(page, `screen-${name}`);
    await officer.leave();
  });
});
