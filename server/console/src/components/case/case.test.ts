// @vitest-environment happy-dom
import { flushSync } from 'svelte';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { settle } from '../../testing/manual_clock';
import { aCase, aCheckIn, aDrill, aDuressCase, anEntry, anOfficer, aProvisional, aWorker, NOON } from '../../testing/samples';
import { Started } from '../../testing/started';

let desk: Started;
beforeEach(() => (desk = new Started()));
afterEach(() => desk.stop());

const mine = { staff_id: 's1', name: 'Minh', since_ms: NOON };
const text = (element: Element | null) => element?.textContent?.replace(/\s+/g, ' ').trim() ?? '';

describe('a drill', () => {
  it('is marked in row and case, and called urgent nowhere', async () => {
    const row = desk.row(aDrill());
    expect(text(row)).toContain('DIỄN TẬP');
    expect(row.querySelector('[data-testid=drill] svg')).not.toBeNull();
    expect(row.textContent).not.toContain('P1');
    expect(row.querySelector('.timer')).toBeNull();
    desk.stop();

    desk = new Started();
    const panel = await desk.open(aDrill());
    expect(panel.querySelector('header [data-testid=drill]')).not.toBeNull();
    expect(text(panel.querySelector('header'))).not.toContain('P1');
    expect(text(desk.find('drill-notice'))).toContain('Không phải SOS thật');
    expect(desk.console.urgent).toBe(0);
  });

  it('is marked while it waits to be recorded, and does not count as urgent', async () => {
    await desk.connect(aCase({ state: 'open', priority: 'p3' }));
    desk.service.send({ type: 'provisional', alert: aProvisional(1, { alert: { alert_id: 'a1', drill: true } }) });
    await desk.clock.advance(100);
    expect(desk.console.queue.rows.map(({ id }) => id)).toEqual(['c1', 'ca1']);
    desk.console.show('ca1');
    const panel = desk.draw();
    expect(text(panel)).toContain('DIỄN TẬP');
    expect(text(panel.querySelector('h2'))).toBe('Diễn tập · Đài Loan');
    expect(panel.textContent).not.toContain('Khẩn cấp');
    expect(desk.console.urgent).toBe(0);
    expect(desk.console.announcement).toBe('Diễn tập mới, không phải SOS thật');
  });

  it('is closed by one click', async () => {
    const drill = aDrill({ state: 'claimed', owner: mine });
    await desk.open(drill);
    desk.console.screen.show('close');
    flushSync();
    await desk.click(desk.find('close-drill'));
    expect(desk.service.requests).toContain('POST /api/cases/drill/close');
    expect(desk.service.bodies).toContainEqual({ version: 1, disposition: 'test', summary: 'Diễn tập.' });
    expect(desk.find('close-drill')).toBeNull();
  });

  it('says so when it ended by itself', async () => {
    const closing = { at_ms: NOON, by: '', disposition: 'test' as const, summary: '' };
    await desk.open(aDrill({ state: 'closed', ringing: false, closing }));
    expect(text(desk.find('case-state'))).toBe('Tự kết thúc lúc 12:00:00');
  });

  it('leaves the form to a real case', async () => {
    await desk.open(aCase({ state: 'claimed', owner: mine }));
    desk.console.screen.show('close');
    flushSync();
    expect(desk.find('close-drill')).toBeNull();
    expect(desk.find('close-summary')).not.toBeNull();
  });
});

describe('duress', () => {
  it('stands above everything else of the case, and nothing there asks to call or to write', async () => {
    const odd = aDuressCase({ unverified: 'sms', cancelled_at_ms: NOON });
    const panel = await desk.open(odd, { worker: aWorker() });
    expect(panel.querySelector('.case-panel')?.firstElementChild).toBe(desk.find('duress'));
    expect(desk.find('duress')?.getAttribute('role')).toBe('alert');
    expect(text(desk.find('duress'))).toBe(
      'BỊ ÉP – người lao động gõ mã báo bị ép. ĐỪNG gọi, ĐỪNG nhắn: màn hình máy họ không cho thấy gì. Báo bị ép lúc 12:00:30',
    );
    expect(panel.textContent).not.toMatch(/gọi lại|Gọi lại|báo bấm nhầm|Câu hỏi ngắn/);
  });

  it('is a sign of the row', () => {
    expect(text(desk.row(aDuressCase()).querySelector('[data-testid=duress-sign]'))).toBe('BỊ ÉP');
    expect(desk.target.querySelector('[data-testid=duress-sign] svg')).not.toBeNull();
  });

  it('is said aloud when it comes, and rings as what it is', async () => {
    await desk.open(aCase({ state: 'claimed', owner: mine, ringing: false }));
    expect(desk.find('duress')).toBeNull();
    await desk.hear(anEntry(2, { kind: 'duress', alert_id: 'a1' }), aDuressCase({ state: 'claimed', owner: mine, last_seq: 2 }));
    expect(desk.find('duress')).not.toBeNull();
    expect(desk.console.announcement).toContain('BỊ ÉP: Nguyễn Thị Hương');
    expect(desk.target.textContent).toContain('Chuông đang reo vì báo bị ép.');
    expect(desk.target.textContent).not.toContain('vừa nhấn SOS lần nữa');
  });

  const sent = () => desk.service.requests.filter((request) => request.endsWith('/messages')).length;
  async function write(words: string) {
    const field = desk.find<HTMLTextAreaElement>('compose-message');
    if (!field) throw new Error('no composer');
    field.value = words;
    field.dispatchEvent(new Event('input', { bubbles: true }));
    flushSync();
    field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }));
    await settle();
    flushSync();
  }

  it('has a message confirmed before it goes, and keeps the text of one that does not', async () => {
    await desk.open(aDuressCase());
    await write('Chị ở đâu?');
    expect(sent()).toBe(0);
    expect(desk.find('duress-send')?.closest('dialog')?.textContent).toContain('Tin nhắn hiện trên màn hình máy họ');
    expect(document.activeElement).not.toBe(desk.find('duress-send'));
    await desk.click(desk.find('duress-keep'));
    expect(sent()).toBe(0);
    expect(desk.find<HTMLTextAreaElement>('compose-message')?.value).toBe('Chị ở đâu?');
    await write('Chị ở đâu?');
    await desk.click(desk.find('duress-send'));
    expect(sent()).toBe(1);
    expect(desk.find<HTMLTextAreaElement>('compose-message')?.value).toBe('');
  });

  it('asks again before a message that failed goes once more', async () => {
    desk.service.answers.set('POST /api/cases/c1/messages', () => Response.json({ code: 'forbidden', status: 403 }, { status: 403 }));
    await desk.open(aCase());
    await write('Chị ở đâu?');
    expect(sent()).toBe(1);
    await desk.hear(anEntry(2, { kind: 'duress', alert_id: 'a1' }), aDuressCase({ last_seq: 2 }));
    const again = [...document.querySelectorAll('button')].find((button) => text(button) === 'Gửi lại');
    await desk.click(again);
    expect(sent()).toBe(1);
    await desk.click(desk.find('duress-send'));
    expect(sent()).toBe(2);
  });

  it('asks nothing without need', async () => {
    await desk.open(aCase());
    await write('Chị ở đâu?');
    expect(sent()).toBe(1);
    expect(desk.find('duress-send')).toBeNull();
  });

  it('stands at the telephone number', async () => {
    await desk.open(aDuressCase(), { worker: aWorker() });
    desk.console.open.tab = 'profile';
    flushSync();
    expect(text(desk.find('phone-duress'))).toContain('ĐỪNG gọi');
    const link = desk.target.querySelector('a[href^="tel:"]');
    expect(document.getElementById(link?.getAttribute('aria-describedby') ?? '')).toBe(desk.find('phone-duress'));
  });
});

describe('a safe check-in', () => {
  const profile = async (...[summary, detail]: Parameters<Started['open']>) => {
    await desk.open(summary, detail);
    desk.console.open.tab = 'profile';
    flushSync();
  };

  it('is shown as old as it is, with its place', async () => {
    const position = { fix_id: 'f', lat: 25.05, lon: 121.52, accuracy_m: 40, fix_time_ms: NOON - 4 * 3_600_000 };
    await profile(aCase(), { worker: aWorker(), last_check_in: aCheckIn({ position }) });
    expect(text(desk.find('check-in'))).toBe('“Tôi ổn” lúc 09:00:00, 3 giờ trước');
    expect(text(desk.target.querySelector('.where'))).toContain('25.05000, 121.52000');
    expect(text(desk.target.querySelector('.where'))).toContain('vị trí đo 4 giờ trước · sai số ±40 m');
    expect(desk.find('check-in-since')).toBeNull();
  });

  it('stands out after the SOS, and says that it ends nothing', async () => {
    const since = aCheckIn({ at_ms: NOON + 60_000, received_at_ms: NOON + 61_000 });
    await profile(aCase(), { worker: aWorker(), last_check_in: since });
    expect(text(desk.find('check-in-since'))).toContain('không kết thúc ca');
  });

  it('is missing in so many words, and not spoken of where nobody knows the worker', async () => {
    await profile(aCase(), { worker: aWorker() });
    expect(text(desk.find('check-in'))).toBe('Chưa báo');
    desk.stop();
    desk = new Started(anOfficer());
    await profile(aCase({ worker_name: null }), {});
    expect(desk.find('check-in')).toBeNull();
  });

  it('is asked for anew when the profile is opened: the feed tells of none', async () => {
    await profile(aCase(), { worker: aWorker() });
    await settle();
    desk.service.details.set('c1', { worker: aWorker(), last_check_in: aCheckIn() });
    desk.console.open.tab = 'chat';
    flushSync();
    desk.console.open.tab = 'profile';
    flushSync();
    await settle();
    flushSync();
    expect(text(desk.find('check-in'))).toContain('“Tôi ổn”');
  });
});
