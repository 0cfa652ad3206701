// @vitest-environment happy-dom
import { flushSync } from 'svelte';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { settle } from '../../testing/manual_clock';
import { aReport } from '../../testing/reports';
import { aCase, aColleague, aCover, aNumber, anEntry, anOfficer, aWorker, NOON } from '../../testing/samples';
import { Started } from '../../testing/started';
import { actionOfKey, perform } from '../../state/perform';

let desk: Started;
beforeEach(() => (desk = new Started()));
afterEach(() => desk.stop());

const mine = { staff_id: 's1', name: 'Minh', since_ms: NOON };
const claimed = aCase({ state: 'claimed', ringing: false, owner: mine });
const tokyo = { desk_id: 'jp-tokyo', name: 'Tokyo', country: 'JP', time_zone: 'Asia/Tokyo', on_duty: 1 };
const text = (element: Element | null | undefined) => element?.textContent?.replace(/\s+/g, ' ').trim() ?? '';
const nameOf = (element: Element) => element.getAttribute('aria-label') ?? text(element);
const button = (name: string, within: ParentNode = document) =>
  [...within.querySelectorAll<HTMLElement>('button')].find((b) => nameOf(b).startsWith(name)) ?? null;
const dialog = () => document.querySelector('dialog');
const posted = (path: string) => desk.service.count(`POST /api/cases/c1/${path}`);

async function drawn() {
  await settle();
  flushSync();
}

async function key(letter: string) {
  const pressed = new KeyboardEvent('keydown', { key: letter, bubbles: true, cancelable: true });
  (document.activeElement ?? document.body).dispatchEvent(pressed);
  await drawn();
}

async function type(field: HTMLInputElement | HTMLTextAreaElement | null, words: string) {
  if (!field) throw new Error('no field');
  field.value = words;
  field.dispatchEvent(new Event('input', { bubbles: true }));
  flushSync();
}

async function submit() {
  const form = dialog()?.querySelector('form');
  form?.dispatchEvent(new Event('submit', { bubbles: true, cancelable: true }));
  await drawn();
}

async function show(name: Parameters<typeof desk.console.screen.show>[0]) {
  desk.console.screen.show(name);
  flushSync();
  await drawn();
}

describe('what can be done', () => {
  it('is what the officer may do: the usual in sight, the rest in a menu', async () => {
    const panel = await desk.open(claimed);
    const actions = [...panel.querySelectorAll('.actions button')].map(nameOf);
    expect(actions).toEqual(['Đóng ca R', 'Giao A', 'Chuyển T', 'Nâng cấp E', 'Thêm: việc khác với ca này']);
    await desk.click(button('Thêm:'));
    expect([...panel.querySelectorAll('[role=menuitem]')].map(text)).toEqual([
      'Hỏi vị trí mới F',
      'Mức ưu tiên P',
      'Thẻ G',
      'Chia sẻ với bàn khác S',
      'Liên kết với ca khác L',
      'Gộp vào ca khác',
      'Trả lại',
    ]);
  });

  it('is reached in the menu by arrow keys, and Escape leaves it', async () => {
    await desk.open(claimed);
    await desk.click(button('Thêm:'));
    const at = () => text(document.activeElement);
    expect(at()).toBe('Hỏi vị trí mới F');
    await key('ArrowUp');
    expect(at()).toBe('Trả lại');
    await key('Home');
    await key('ArrowDown');
    expect(at()).toBe('Mức ưu tiên P');
    await key('Escape');
    expect(document.querySelector('[role=menu]')).toBeNull();
    expect(document.activeElement?.id).toBe('case-more');
  });

  it('is nothing at a desk that looks, and writing at one that helps; which of the two is said', async () => {
    const shared = aCase({ desk_id: 'jp-tokyo', watchers: ['tw-taipei'] });
    await desk.open(shared);
    expect(text(desk.find('standing'))).toContain('Bạn chỉ xem ca này');
    expect(desk.target.querySelector('.actions')).toBeNull();
    expect(desk.find('compose-message')).toBeNull();
    await desk.hear(anEntry(2, { kind: 'shared', desk: 'tw-taipei', help: true }), { ...shared, helpers: ['tw-taipei'], last_seq: 2 });
    expect(text(desk.find('standing'))).toContain('Bạn đang hỗ trợ ca này');
    expect(desk.find('compose-message')).not.toBeNull();
  });

  it('is busy while it is asked for, with an end', async () => {
    let answer: (response: Response) => void = () => {};
    desk.service.answers.set('POST /api/cases/c1/claim', () => new Promise<Response>((done) => (answer = done)) as never);
    await desk.open(aCase());
    await desk.click(button('Nhận ca'));
    expect(text(desk.target.querySelector('.actions button'))).toContain('Đang gửi…');
    answer(Response.json({ code: 'stale_version', status: 409, conflict: { did: 'assigned', by: 'Lan', at_ms: NOON, version: 2 } }, { status: 409 }));
    await settle();
    flushSync();
    expect(text(desk.target.querySelector('.failure'))).toContain('Lan đã giao ca này lúc 12:00:00');
    expect(button('Nhận ca')).not.toBeNull();
  });
});

describe('a case that is offered', () => {
  const offer = { to: 'jp-tokyo', at_ms: NOON - 120_000 };

  it('says who waits for whom, for how long, and can be taken back', async () => {
    await desk.open({ ...claimed, offer, watchers: ['jp-tokyo'] });
    expect(text(desk.find('offer'))).toContain('Đã đề nghị chuyển cho jp-tokyo – chờ nhận (2 phút)');
    expect(button('Nhận ca', desk.find('offer') as HTMLElement)).toBeNull();
    await desk.click(button('Rút lại'));
    expect(posted('transfer/withdraw')).toBe(1);
    expect(desk.service.bodies).toContainEqual({ version: 1 });
  });

  it('is taken or declined with a reason at the other desk', async () => {
    desk.stop();
    desk = new Started(anOfficer({ desk: tokyo }));
    desk.service.answers.set('GET /api/session', () => Response.json(desk.me));
    await desk.open({ ...claimed, owner: { ...mine, staff_id: 's9' }, offer, watchers: ['jp-tokyo'] });
    expect(text(desk.find('offer'))).toContain('đề nghị chuyển ca này cho bàn của bạn');
    expect(desk.target.querySelector('.actions')).toBeNull();
    expect(actionOfKey('claim', desk.me, desk.console)).toBe('take');
    expect(actionOfKey('refuse', desk.me, desk.console)).toBe('decline');
    await desk.click(button('Từ chối'));
    await type(dialog()?.querySelector('textarea') ?? null, 'Không thuộc địa bàn');
    await submit();
    expect(desk.service.bodies).toContainEqual({ version: 1, reason: 'Không thuộc địa bàn' });
    expect(posted('transfer/decline')).toBe(1);
    await desk.click(button('Nhận ca', desk.find('offer') as HTMLElement));
    expect(posted('transfer/take')).toBe(1);
  });

  it('says at the other desk what to do, and not that there is only looking', async () => {
    desk.stop();
    desk = new Started(anOfficer({ desk: tokyo }));
    const shared = { ...claimed, owner: { ...mine, staff_id: 's9' }, watchers: ['jp-tokyo'] };
    await desk.open({ ...shared, offer });
    expect(desk.target.textContent).not.toContain('chỉ xem');
    expect(text(desk.find('offer'))).toContain('Nhận: bàn của bạn giữ ca. Từ chối: ca ở lại bàn kia.');
    await desk.hear(anEntry(2, { kind: 'withdrawn', desk: 'jp-tokyo' }), { ...shared, last_seq: 2 });
    expect(text(desk.find('standing'))).toContain('Bạn chỉ xem ca này');
    desk.stop();

    desk = new Started(anOfficer({ desk: tokyo, role: 'reviewer' }));
    await desk.open({ ...shared, offer });
    expect(text(desk.find('standing'))).toContain('Bạn chỉ xem ca này');
  });

  it('waits in the row, and is said aloud when it comes', async () => {
    expect(text(desk.row({ ...claimed, offer }))).toContain('Chờ jp-tokyo nhận');
    desk.stop();
    desk = new Started();
    const theirs = { ...claimed, desk_id: 'jp-tokyo', watchers: ['tw-taipei'] };
    await desk.open(theirs);
    await desk.hear(anEntry(2, { kind: 'offered', to: 'tw-taipei' }), { ...theirs, offer: { to: 'tw-taipei', at_ms: NOON }, last_seq: 2 });
    expect(desk.console.announcement).toContain('Bàn khác đề nghị chuyển ca của Nguyễn Thị Hương');
    expect(desk.console.queue.rows.map(({ id }) => id)).toEqual(['c1']);
  });
});

describe('dialogs of the case', () => {
  it('assigns to a colleague who is on shift, found by name and Enter', async () => {
    const off = aColleague({ staff_id: 's3', name: 'An', on_shift: false, has_channel: false });
    desk.service.answers.set('GET /api/cover', () => Response.json(aCover({ colleagues: [off, aColleague()] })));
    await desk.open(claimed);
    await show('assign');
    expect([...(dialog()?.querySelectorAll('.choice') ?? [])].map(text)).toEqual([
      'Lan đang trực',
      'An không trực, không báo được ngoài bàn',
    ]);
    await type(desk.find<HTMLInputElement>('assign-search'), 'la');
    desk.find('assign-search')?.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }));
    flushSync();
    expect(button('Giao cho Lan')).not.toBeNull();
    await submit();
    expect(desk.service.bodies).toContainEqual({ version: 1, to: 's2' });
    expect(dialog()).toBeNull();
  });

  it('keeps what was typed when the service refuses, and says why', async () => {
    desk.service.answers.set('POST /api/cases/c1/raise', () => Response.json({ code: 'unavailable', status: 503 }, { status: 503 }));
    await desk.open(claimed);
    await show('raise');
    expect(text(dialog())).toContain('báo ngay cho những người tiếp theo');
    await type(dialog()?.querySelector('textarea') ?? null, 'Gấp');
    await submit();
    expect(text(dialog()?.querySelector('.failure'))).toContain('Máy chủ tạm thời không ghi được');
    expect(dialog()?.querySelector('textarea')?.value).toBe('Gấp');
    desk.service.answers.clear();
    await submit();
    expect(dialog()).toBeNull();
  });

  it('sets tags: typed ones, offered ones, and fewer', async () => {
    await desk.open({ ...claimed, tags: ['cũ'] });
    await show('tags');
    await desk.click(button('Bỏ thẻ cũ'));
    await desk.click(button('bệnh viện', dialog() as HTMLElement));
    await type(dialog()?.querySelector('input') ?? null, 'tầng 2');
    await submit();
    expect(desk.service.bodies).toContainEqual({ tags: ['bệnh viện', 'tầng 2'] });
  });

  it('sets another priority, with a reason', async () => {
    await desk.open(claimed);
    await show('priority');
    expect(button('Đặt P1', dialog() as HTMLElement)?.hasAttribute('disabled')).toBe(true);
    await desk.click(dialog()?.querySelector<HTMLElement>('input[value=p3]'));
    await submit();
    expect(desk.service.bodies).toContainEqual({ version: 1, to: 'p3' });
  });

  it('shares to look or to help', async () => {
    desk.service.answers.set('GET /api/desks', () => Response.json({ desks: [tokyo] }));
    await desk.open(claimed);
    await show('share');
    await desk.click(dialog()?.querySelector<HTMLElement>('input[type=radio]'));
    await desk.click(button('Cùng hỗ trợ'));
    await submit();
    expect(desk.service.bodies).toContainEqual({ desk: 'jp-tokyo', help: true });
  });
});

describe('closing', () => {
  const other = aCase({ case_id: 'c2', case_no: '2026-000002', worker_name: 'Lý A Páo' });

  async function close() {
    desk.service.details.set('c1', {});
    await desk.connect(claimed, other);
    desk.console.show('c1');
    await settle();
    desk.draw();
    await show('close');
  }

  it('of a duplicate asks of which case, and merges', async () => {
    await close();
    await desk.click(dialog()?.querySelector<HTMLElement>('input[value=duplicate]'));
    await type(desk.find<HTMLTextAreaElement>('close-summary'), 'Cùng một việc');
    await submit();
    expect(text(dialog())).toContain('Cần chọn ca còn lại.');
    await desk.click(dialog()?.querySelector<HTMLElement>('input[value=c2]'));
    await submit();
    expect(desk.service.bodies).toContainEqual({ version: 1, into: 'c2', summary: 'Cùng một việc' });
    expect(posted('merge')).toBe(1);
    expect(posted('close')).toBe(0);
  });

  it('offers the next case, with the focus on it', async () => {
    await close();
    await desk.click(dialog()?.querySelector<HTMLElement>('input[value=resolved]'));
    await type(desk.find<HTMLTextAreaElement>('close-summary'), 'Xong');
    await submit();
    expect(posted('close')).toBe(1);
    const next = desk.find('next-case')?.querySelector('button');
    expect(text(next)).toContain('Ca tiếp theo: P1 · Lý A Páo · Đài Loan');
    expect(document.activeElement).toBe(next);
    await desk.click(next);
    expect(desk.console.open.id).toBe('c2');
    expect(desk.find('next-case')).toBeNull();
  });

  it('says when a case that was closed must have a report, why and by when', async () => {
    desk.service.answers.set('GET /api/cases/c1/report?language=vi', () => Response.json(aReport()));
    await close();
    await desk.click(dialog()?.querySelector<HTMLElement>('input[value=resolved]'));
    await type(desk.find<HTMLTextAreaElement>('close-summary'), 'Xong');
    await submit();
    expect(text(desk.find('report-owed'))).toContain('nộp trước 11:00 25/11/2026, giờ Hà Nội. Lý do: bị thương, bị đánh hoặc bị giữ.');
    expect(desk.find('next-case')?.lastElementChild).toBe(desk.find('report-owed'));
    await desk.click(desk.find('report-owed')?.querySelector('button'));
    expect(desk.console.screen.reports).toEqual({ report: 'c1', fromCase: true });
  });

  it('finds older cases at the service to link with', async () => {
    const old = aCase({ case_id: 'c9', case_no: '2025-000009', state: 'closed' });
    desk.service.answers.set('POST /api/search', () => Response.json({ cases: [old], more: false }));
    await desk.open(claimed);
    await show('link');
    await type(desk.find<HTMLInputElement>('case-search'), '2025-000009');
    expect(text(dialog())).toContain('Không có ca nào khớp');
    await desk.click(button('Tìm trong mọi ca'));
    await desk.click(dialog()?.querySelector<HTMLElement>('input[value=c9]'));
    await submit();
    expect(desk.service.bodies).toContainEqual({ text: '2025-000009' });
    expect(desk.service.bodies).toContainEqual({ case_id: 'c9' });
  });
});

describe('the questions', () => {
  const answered = (answer: string) => ({
    ...anEntry(2, { kind: 'answered', question: 'safe', text: answer }),
    actor: { role: 'staff' as const, staff_id: 's2', name: 'Lan' },
  });

  it('are those of what happened; an answer is there at once and kept with who and when', async () => {
    const held = aCase({ kind: 'held' });
    await desk.open(held);
    await drawn();
    expect(text(document.querySelector('#case-tab-ask'))).toBe('Hỏi 0/2');
    desk.console.open.tab = 'ask';
    flushSync();
    expect([...desk.target.querySelectorAll('[data-question]')].map((q) => q.getAttribute('aria-label'))).toEqual([
      'Đang ở nơi an toàn?',
      'Cửa có khoá không?',
    ]);
    const first = desk.target.querySelector('[data-question=safe]') as HTMLElement;
    await desk.click(button('Không', first));
    expect(desk.service.bodies).toContainEqual({ question: 'safe', text: 'Không' });
    expect(text(first)).toContain('Không Đang ghi…');
    await desk.hear(answered('Không'), { ...held, last_seq: 2 });
    expect(text(first)).toContain('Không Lan ghi lúc 12:00:00');
    expect(text(desk.find('ask-progress'))).toBe('Đã trả lời 1/2');
    await desk.click(button('Sửa', first));
    expect(button('Có', first)).not.toBeNull();
  });

  it('say that they could not be loaded, and are loaded again', async () => {
    desk.service.answers.set('GET /api/texts', () => Response.json({ code: 'forbidden', status: 403 }, { status: 403 }));
    await desk.open(aCase());
    desk.console.open.tab = 'ask';
    await drawn();
    expect(text(desk.target)).toContain('Chưa tải được câu hỏi.');
    desk.service.answers.clear();
    await desk.click(button('Thử lại'));
    expect(desk.target.querySelector('[data-question=safe]')).not.toBeNull();
  });
});

describe('who is near', () => {
  const near = {
    country: 'TW',
    numbers: [
      aNumber(),
      aNumber({ key: 'TW/fire', service: 'fire', number: '119', status: 'verified', verified_at_ms: NOON, verified_by: 'Lan' }),
      aNumber({ key: 'TW/maritime', service: 'maritime', number: '', status: 'doubtful', note: 'hai nguồn khác nhau' }),
    ],
    missions: [{ desk_id: 'tw-taipei', name: 'Đài Bắc', distance_km: 12.34, numbers: [] }],
  };

  it('is shown with distances, and each number with what is known of it', async () => {
    desk.service.answers.set('GET /api/cases/c1/surroundings', () => Response.json(near));
    await desk.open(aCase());
    expect(desk.service.count('GET /api/cases/c1/surroundings')).toBe(0);
    desk.console.open.tab = 'near';
    flushSync();
    await drawn();
    const number = (name: string) => text(desk.target.querySelector(`[data-number="${name}"]`));
    expect(number('TW/police')).toBe('Cảnh sát 110 chưa ai gọi thử số này');
    expect(number('TW/fire')).toContain('đã gọi thử 22/11/2026, Lan');
    expect(number('TW/maritime')).toBe('Cứu nạn trên biển chưa có số số này đáng ngờ Nguồn và ghi chú hai nguồn khác nhau');
    expect(text(desk.target)).toContain('Đài Bắc · cách 12 km');
  });

  it('fails in words, and can be asked for again', async () => {
    desk.service.answers.set('GET /api/cases/c1/surroundings', () => Response.json({ code: 'internal', status: 400 }, { status: 400 }));
    await desk.open(aCase());
    desk.console.open.tab = 'near';
    flushSync();
    await drawn();
    expect(text(desk.target)).toContain('Chưa tải được danh sách lân cận.');
    desk.service.answers.set('GET /api/cases/c1/surroundings', () => Response.json(near));
    await desk.click(button('Thử lại'));
    expect(desk.target.querySelector('[data-number="TW/police"]')).not.toBeNull();
  });
});

describe('beside the case', () => {
  it('stands who looks and who writes, and this console says the same of its officer', async () => {
    await desk.open(aCase());
    desk.service.send({ type: 'presence', case_id: 'c1', officers: [{ staff_id: 's2', name: 'Lan', typing: true }] });
    flushSync();
    expect(text(desk.find('presence'))).toBe('Lan đang xem Lan đang gõ…');
    await desk.clock.advance(1000);
    desk.console.tick();
    expect(desk.service.said.at(-1)).toEqual({ type: 'looking', case_id: 'c1', typing: false });
    await type(desk.find<HTMLTextAreaElement>('compose-message'), 'Chị');
    expect(desk.service.said.at(-1)).toEqual({ type: 'looking', case_id: 'c1', typing: true });
    desk.console.leaveCase();
    await desk.clock.advance(1000);
    desk.console.tick();
    expect(desk.service.said.at(-1)).toEqual({ type: 'looking', typing: false });
  });

  it('stand employer, address, tags and links; a link opens its case and can be removed', async () => {
    const c = { ...claimed, employer: 'Nhà máy A', address: 'Đường B', tags: ['bệnh viện'], links: ['c2'] };
    const linked = { ...anEntry(2, { kind: 'linked' as const, case_id: 'c2', case_no: '2026-000002' }) };
    const panel = await desk.open(c, { timeline: [linked] });
    expect(text(panel)).toContain('Nơi làm việc: Nhà máy A · Chỗ ở: Đường B');
    expect(text(desk.find('tags'))).toBe('bệnh viện');
    await desk.click(button('Bỏ liên kết với ca 2026-000002'));
    expect(desk.service.bodies).toContainEqual({ case_id: 'c2' });
    await desk.click(button('Mở ca 2026-000002'));
    expect(desk.console.open.id).toBe('c2');
  });

  it('stands to whom it was assigned, who may claim it', async () => {
    const assigned = aCase({ state: 'claimed', owner: { ...mine, staff_id: 's9', name: 'Lan' }, assigned: mine });
    await desk.open(assigned);
    expect(text(desk.find('assigned'))).toBe('Giao cho bạn lúc 12:00:00 – bấm Nhận ca');
    expect(button('Nhận ca')).not.toBeNull();
  });

  it('sends a phrase that stands on the button, and leaves what is being typed', async () => {
    await desk.open(aCase(), { worker: aWorker() });
    await type(desk.find<HTMLTextAreaElement>('compose-message'), 'đang viết');
    await desk.click(button('Câu có sẵn'));
    await desk.click(button('Em có an toàn không?'));
    expect(desk.service.bodies).toContainEqual(expect.objectContaining({ text: 'Em có an toàn không?' }));
    expect(desk.find<HTMLTextAreaElement>('compose-message')?.value).toBe('đang viết');
    expect(desk.console.outbox.draft('c1', 'message')).toBe('đang viết');
  });

  it('asks the phone for its position at once', async () => {
    await desk.open(aCase());
    perform('askFix', desk.me, desk.console);
    await settle();
    expect(posted('ask-fix')).toBe(1);
  });
});
