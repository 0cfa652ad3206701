// @vitest-environment happy-dom
// The shift, escalation and floods, against a service that exists only in these tests.
import type { CaseSummary, Channels, ChannelView, EscalationView, StepTaken } from '@protocol';
import { flushSync, mount, unmount } from 'svelte';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { settle } from '../testing/manual_clock';
import { aCase, aCover, aDuressCase, aFix, aNotification, anEntry, aStep, NOON } from '../testing/samples';
import ShiftHarness from '../testing/ShiftHarness.svelte';
import { Started } from '../testing/started';
import { POLL_MS, POLLS_MAX } from './channels.svelte';
import { WAITING_REFRESH_MS } from './escalation.svelte';
import { PAUSE_MS } from './service_search.svelte';

let desk: Started;
beforeEach(() => (desk = new Started()));
afterEach(() => desk.stop());

const mine = { staff_id: 's1', name: 'Minh', since_ms: NOON };
const text = (element: Element | null | undefined) => element?.textContent?.replace(/\s+/g, ' ').trim() ?? '';
const button = (words: string) => [...document.querySelectorAll('button')].find((one) => text(one).startsWith(words));
const answer = (request: string, body: unknown, status = 200) =>
  desk.service.answers.set(request, () => (body === null ? new Response(null, { status: 204 }) : Response.json(body, { status })));
const problem = (code: string, more: object = {}) => ({ code, status: 409, title: '', type: '', ...more });

async function seconds(n: number) {
  for (let i = 0; i < n; i++) {
    await desk.clock.advance(1000);
    desk.console.tick();
    await settle();
    flushSync();
  }
}

describe('a case that nobody answers', () => {
  const told = aCase({ escalated_at_ms: NOON + 120_000 });

  it('says so in row and header, and no more once it is claimed', async () => {
    expect(text(desk.row(told))).toContain('Chưa ai trả lời – đã báo lúc 12:02');
    desk.stop();
    desk = new Started();
    const panel = await desk.open(told);
    expect(text(panel.querySelector('header'))).toContain('Chưa ai trả lời – đã báo lúc 12:02');
    await desk.hear(anEntry(2), { ...told, state: 'claimed', owner: mine, last_seq: 2 });
    expect(text(panel)).not.toContain('Chưa ai trả lời');
  });

  it('calls the officer whom a step told before the page was loaded, once the case is opened', async () => {
    const elsewhere = { ...told, desk_id: 'jp-tokyo', last_seq: 7 };
    const step = aStep({ told: [{ kind: 'staff', staff_id: 's1', name: 'Minh', personal: true }] });
    await desk.connect(elsewhere);
    expect(desk.console.ringing).toEqual([]);
    desk.service.details.set('c1', { timeline: [anEntry(7, { kind: 'escalated', step })] });
    desk.console.show('c1');
    await settle();
    expect(desk.console.ringing.map(({ key }) => key)).toEqual(['c1/told7']);
    await desk.hear(anEntry(8), { ...elsewhere, state: 'claimed', ringing: false, last_seq: 8 });
    expect(desk.console.ringing).toEqual([]);
  });

  it('says so when there was nobody to tell', () => {
    expect(text(desk.row({ ...told, nobody_told: true }))).toContain('KHÔNG CÓ AI ĐỂ BÁO');
    expect(desk.find('unanswered')).toBeNull();
  });
});

describe('the alerting of a case', () => {
  const path = 'GET /api/cases/c1/escalation';
  const view = (change: Partial<EscalationView> = {}): EscalationView => ({ next_due_ms: NOON + 90_000, is_watch: false, notifications: [], ...change });

  async function open(shown: EscalationView) {
    answer(path, shown);
    await desk.open(aCase());
    desk.console.open.tab = 'escalation';
    flushSync();
    await settle();
    flushSync();
  }

  it('counts down to the next step, and says how far each notification got', async () => {
    await open(view({ notifications: [
      aNotification(),
      aNotification({ notification_id: 'n2', to: 'Hà', channel: 'web', state: 'failed', fault: 'unregistered', tries: 3 }),
      aNotification({ notification_id: 'n3', to: 'An', channel: 'mail' }),
    ] }));
    expect(text(desk.find('next-step'))).toBe('Bước báo tiếp theo sau 1:30');
    const said = text(desk.find('escalation'));
    expect(said).toContain('Lan · bàn trực đã reo lúc 12:00:00');
    expect(said).toContain('Hà · trình duyệt KHÔNG gửi được, 12:00:00: kênh này không còn, hãy thêm lại, thử 3 lần');
    expect(said).toContain('An · thư điện tử đã gửi lúc 12:00:00');
  });

  it('is asked again every five seconds while something waits, and not when nothing does or nobody looks', async () => {
    await open(view({ notifications: [aNotification({ state: 'waiting', settled_at_ms: null })] }));
    expect(desk.service.count(path)).toBe(1);
    await seconds(WAITING_REFRESH_MS / 1000);
    expect(desk.service.count(path)).toBe(2);
    answer(path, view({ notifications: [aNotification()] }));
    await seconds(5);
    expect(desk.service.count(path)).toBe(3);
    await seconds(12);
    expect(desk.service.count(path)).toBe(3);
    desk.console.open.tab = 'chat';
    flushSync();
    await seconds(12);
    expect(desk.service.count(path)).toBe(3);
  });

  it('is asked again when a step is taken', async () => {
    await open(view());
    const step: StepTaken = { run: 1, round: 0, step: 1, claimed: false, reach: 'targets', told: [], is_past_repeats: false };
    await desk.hear(anEntry(2, { kind: 'escalated', step }), aCase({ last_seq: 2 }));
    expect(desk.service.count(path)).toBe(2);
  });

  it('says when nobody was told, and when it could not be loaded', async () => {
    await open(view({ next_due_ms: null }));
    expect(text(desk.find('escalation'))).toContain('Chưa ai được báo về ca này.');
    expect(text(desk.find('next-step'))).toBe('Hiện không báo cho ai nữa.');
    desk.stop();
    desk = new Started();
    answer(path, problem('internal'), 500);
    await desk.open(aCase());
    desk.console.open.tab = 'escalation';
    flushSync();
    await settle();
    flushSync();
    expect(text(desk.find('escalation'))).toContain('Chưa tải được');
  });
});

describe('what is asked of this officer', () => {
  it('is announced, and its opening answers it', async () => {
    const assigned = aCase({ ringing: false, assigned: { ...mine, since_ms: NOON + 1 } });
    await desk.connect(aCase({ ringing: false }));
    await desk.hear(anEntry(2, { kind: 'assigned', to: 's1', name: 'Minh' }), { ...assigned, last_seq: 2 });
    expect(desk.console.announcement).toBe('Bạn được giao ca của Nguyễn Thị Hương');
    expect(desk.console.alarms.wanted).toBe('p2');
    desk.console.show('c1');
    desk.console.tick();
    expect(desk.console.alarms.wanted).toBeNull();
  });
});

describe('search beyond the screen', () => {
  const path = 'POST /api/search';

  it('asks the service after a pause or at Enter, and shows what is not in the list', async () => {
    const old = aCase({ case_id: 'old', case_no: '2025-000007', state: 'closed', worker_name: 'Trần Thị Mai' });
    answer(path, { cases: [old, aCase()], more: false, texts_since_ms: NOON - 86_400_000 });
    await desk.connect(aCase());
    const harness = mount(ShiftHarness, { target: desk.target, props: { console: desk.console, me: desk.me, part: 'queue' } });
    flushSync();
    const field = document.querySelector<HTMLInputElement>('#queue-search');
    if (!field) throw new Error('no field');
    field.value = 'hương';
    field.dispatchEvent(new Event('input', { bubbles: true }));
    flushSync();
    expect(desk.service.count(path)).toBe(0);
    await desk.clock.advance(PAUSE_MS);
    flushSync();
    expect(desk.service.count(path)).toBe(1);
    expect(desk.find('found')?.querySelectorAll('button')).toHaveLength(1);
    expect(text(desk.find('found'))).toContain('Trần Thị Mai 2025-000007 · Đã đóng');
    expect(text(desk.find('found'))).toContain('chỉ tìm từ 21/11');
    field.value = 'hương đài bắc';
    field.dispatchEvent(new Event('input', { bubbles: true }));
    field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }));
    await settle();
    expect(desk.service.bodies.at(-1)).toEqual({ text: 'hương đài bắc' });
    await unmount(harness);
  });

  it('lets no late answer stand for what is typed now, and asks nothing for a single letter', async () => {
    await desk.connect(aCase());
    let reply: (response: Response) => void = () => {};
    desk.service.answers.set(path, () => new Promise<Response>((done) => (reply = done)) as unknown as Response);
    desk.console.search.type('an');
    await desk.clock.advance(PAUSE_MS);
    desk.console.search.type('a');
    reply(Response.json({ cases: [aCase()], more: true }));
    await settle();
    expect(desk.console.search).toMatchObject({ status: 'idle', cases: [], more: false });
  });
});

describe('the end of a shift', () => {
  const colleague = { staff_id: 's2', name: 'Lan', role: 'dispatcher' as const, desk_id: 'tw-taipei', on_shift: true, has_channel: true };
  const held = (id: string): CaseSummary => aCase({ case_id: id, case_no: id, state: 'claimed', ringing: false, owner: mine });

  async function open(...cases: CaseSummary[]) {
    answer('GET /api/cover', aCover({ colleagues: [colleague, { ...colleague, staff_id: 's3', name: 'Vắng', on_shift: false }] }));
    answer('GET /api/me/channels', { channels: [], mail: true });
    answer('DELETE /api/shift', { ...desk.me, on_shift_since_ms: null });
    await desk.connect(...cases);
    desk.draw();
    desk.console.screen.show('endShift');
    flushSync();
    await settle();
    flushSync();
  }
  const form = (id: string) => document.querySelector<HTMLElement>(`[data-testid=hand-over][data-case=${id}]`);
  const pick = (id: string, value: string) => desk.click(form(id)?.querySelector<HTMLElement>(`input[value=${value}]`));

  it('asks about each case in hand, and does not end before all are decided', async () => {
    await open(held('c1'), held('c2'), held('c3'));
    expect(button('Còn 3 ca chưa chọn')?.disabled).toBe(true);
    await pick('c1', 'give');
    const select = form('c1')?.querySelector('select');
    if (!select) throw new Error('no colleagues');
    expect([...select.options].map((one) => one.value)).toEqual(['', 's2']);
    expect(button('Còn 3 ca chưa chọn')).toBeDefined();
    select.value = 's2';
    select.dispatchEvent(new Event('change', { bubbles: true }));
    await pick('c2', 'release');
    await pick('c3', 'keep');
    expect(text(document.querySelector('dialog'))).toContain('Bạn chưa có kênh riêng nào');
    const note = desk.find<HTMLTextAreaElement>('hand-over-note');
    if (!note) throw new Error('no note');
    note.value = 'Đang chờ bệnh viện gọi lại';
    note.dispatchEvent(new Event('input', { bubbles: true }));
    flushSync();
    await desk.click(button('Bàn giao, kết thúc'));
    await desk.clock.advance(100);
    await desk.clock.advance(100);
    const sent = desk.service.requests.filter((one) => /(POST|DELETE) \/api\/(cases\/.*(notes|assign|release)|shift)/.test(one));
    expect(sent).toEqual([
      'POST /api/cases/c1/notes', 'POST /api/cases/c1/assign', 'POST /api/cases/c2/notes',
      'POST /api/cases/c2/release', 'POST /api/cases/c3/notes', 'DELETE /api/shift',
    ]);
    expect(desk.service.bodies).toContainEqual({ version: 1, to: 's2' });
  });

  it('does not end the shift when a case could not be handed over, and does nothing twice', async () => {
    answer('POST /api/cases/c2/release', problem('stale_version', { conflict: { did: 'closed', by: 'Lan', at_ms: NOON, version: 2 } }), 409);
    await open(held('c1'), held('c2'));
    await pick('c1', 'release');
    await pick('c2', 'release');
    await desk.click(button('Bàn giao, kết thúc'));
    await desk.clock.advance(100);
    flushSync();
    expect(desk.service.count('DELETE /api/shift')).toBe(0);
    expect(text(document.querySelector('dialog'))).toContain('Ca trực CHƯA kết thúc');
    expect(text(form('c2'))).toContain('Lan đã đóng ca này');
    desk.service.answers.delete('POST /api/cases/c2/release');
    await desk.click(button('Bàn giao, kết thúc'));
    await desk.clock.advance(100);
    expect(desk.service.count('POST /api/cases/c1/release')).toBe(1);
    expect(desk.service.count('POST /api/cases/c2/release')).toBe(2);
    expect(desk.service.count('DELETE /api/shift')).toBe(1);
  });

  it('ends at once where nothing is in hand', async () => {
    await open(aCase());
    await desk.click(button('Kết thúc và tắt chuông'));
    expect(desk.service.count('DELETE /api/shift')).toBe(1);
  });
});

describe('a group of cases', () => {
  const near = (n: number, change: Partial<CaseSummary> = {}) =>
    aCase({ case_id: `g${n}`, case_no: `g${n}`, position: aFix({ fix_id: `f${n}`, lon: 121.52 + n / 10_000 }), ...change });

  async function open(...cases: CaseSummary[]) {
    answer('GET /api/cover', aCover());
    await desk.connect(...cases);
    desk.draw();
    desk.console.now.tick();
    desk.console.screen.show('groups');
    flushSync();
  }

  it('says why, and how many are unclaimed, and is only a filter until somebody acts', async () => {
    await open(near(0), near(1), near(2, { state: 'claimed', owner: { staff_id: 's2', name: 'Lan', since_ms: NOON } }), aCase());
    expect(text(desk.find('group'))).toContain('3 ca trong vòng 50 m');
    expect(text(desk.find('group'))).toContain('2 ca chưa ai nhận');
    await desk.click(button('Xem trong danh sách'));
    expect(desk.console.queue.rows.map(({ id }) => id)).toEqual(['g0', 'g1']);
    expect(desk.service.requests.filter((one) => one.startsWith('POST /api/cases'))).toEqual([]);
    desk.console.queue.showGroup(null);
    expect(desk.console.queue.rows).toHaveLength(3);
  });

  it('is claimed in one request, and each case says what became of it', async () => {
    const conflict = { did: 'claimed', by: 'Lan', at_ms: NOON, version: 2 };
    answer('POST /api/cases/batch', { results: [
      { case_id: 'g0', case: near(0, { state: 'claimed', owner: mine, last_seq: 5 }) },
      { case_id: 'g1', problem: problem('stale_version', { conflict }) },
      { case_id: 'g2', case: near(2, { state: 'claimed', owner: mine, last_seq: 5 }) },
    ] });
    await open(near(0), near(1), near(2));
    await desk.click(button('Nhận 3 ca'));
    expect(desk.service.bodies).toContainEqual({ cases: ['g0', 'g1', 'g2'].map((case_id) => ({ case_id, version: 1 })), command: { kind: 'claim' } });
    expect(text(desk.find('batch-results'))).toContain('Xong 2 trên 3 ca');
    expect(text(desk.find('batch-results'))).toContain('Lan đã nhận ca này lúc 12:00:00');
    expect(desk.console.feed.case('g0')?.state).toBe('claimed');
  });

  it('is written to but for those under duress, and a message that got no answer keeps its id', async () => {
    answer('POST /api/cases/batch', problem('unavailable'), 503);
    await open(near(0), near(1), aDuressCase({ ...near(2), duress_at_ms: NOON }));
    await desk.click(button('Nhắn tất cả'));
    expect(text(desk.find('group'))).toContain('Không nhắn cho 1 ca BỊ ÉP.');
    const field = desk.find('group')?.querySelector('textarea');
    if (!field) throw new Error('no field');
    field.value = 'Ở yên, chúng tôi đang tới';
    field.dispatchEvent(new Event('input', { bubbles: true }));
    flushSync();
    await desk.click(button('Gửi cho 2 người'));
    const [first] = desk.service.bodies.slice(-1) as { cases: { case_id: string; message_id: string }[] }[];
    expect(first?.cases.map(({ case_id }) => case_id)).toEqual(['g0', 'g1']);
    await desk.click(button('Còn 2 ca chưa rõ'));
    expect(desk.service.bodies.at(-1)).toEqual(first);
  });

  it('goes in parts of two hundred, and the parts of a link hang together', async () => {
    const sizes: string[][] = [];
    const all = Array.from({ length: 250 }, (_, i) => near(i));
    await desk.connect(...all);
    answer('POST /api/cases/batch', { results: [] });
    await desk.console.batch.run({ kind: 'link' }, all);
    for (const body of desk.service.bodies as { cases?: { case_id: string }[] }[]) if (body.cases) sizes.push(body.cases.map(({ case_id }) => case_id));
    expect(sizes.map((ids) => ids.length)).toEqual([200, 51]);
    expect(sizes[1]?.[0]).toBe('g0');
    expect(desk.console.batch.outcomes).toHaveLength(250);
  });
});

describe('a flood', () => {
  it('is one banner that counts what came, and leads to the groups', async () => {
    await desk.connect(...Array.from({ length: 12 }, (_, i) => aCase({ case_id: `f${i}`, employer: 'Đại Phát' })));
    desk.console.alarms.look();
    const harness = mount(ShiftHarness, { target: desk.target, props: { console: desk.console, me: desk.me, part: 'banners' } });
    flushSync();
    expect(text(desk.find('flood-banner'))).toContain('12 ca mới trong 10 phút – một chuông chung');
    await desk.click(button('1 nhóm ca có thể cùng một vụ'));
    expect(desk.console.screen.dialog).toBe('groups');
    await unmount(harness);
  });
});

describe('who is on call', () => {
  it('begins with the officer who has just begun a shift, whatever the service last said of it', async () => {
    await desk.connect();
    desk.service.send({ type: 'heartbeat', head_seq: 1, server_time_ms: NOON, on_duty: [] });
    await settle();
    const before = mount(ShiftHarness, { target: desk.target, props: { console: desk.console, me: desk.me, part: 'duty' } });
    flushSync();
    expect(text(desk.find('on-duty'))).toContain('Đang trực: Bạn');
    await unmount(before);
    const off = { ...desk.me, on_shift_since_ms: undefined };
    desk.service.send({ type: 'heartbeat', head_seq: 1, server_time_ms: NOON, on_duty: [mine, { ...mine, staff_id: 's2', name: 'Lan' }].map((one) => ({ ...one, desk_id: 'tw-taipei' })) });
    await desk.clock.advance(100);
    const after = mount(ShiftHarness, { target: desk.target, props: { console: desk.console, me: off, part: 'duty' } });
    flushSync();
    expect(text(desk.find('on-duty')?.querySelector('.names'))).toBe('Đang trực: Lan');
    await unmount(after);
  });

  it('is said with the times in which nobody is', async () => {
    const rota = { id: 'r1', desk: 'tw-taipei', name: 'Ban đêm', time_zone: 'Asia/Taipei', layers: [], overrides: [] };
    const gap: [number, number] = [NOON + 9 * 3_600_000, NOON + 17 * 3_600_000];
    const lan = { staff_id: 's2', name: 'Lan', role: 'dispatcher' as const, desk_id: 'tw-taipei', on_shift: false, has_channel: true };
    answer('GET /api/cover', aCover({ colleagues: [lan], rotas: [{ rota, version: 1, shifts: [{ from_ms: NOON - 1, to_ms: gap[0], staff: ['s2'] }], gaps: [gap] }] }));
    await desk.connect();
    const harness = mount(ShiftHarness, { target: desk.target, props: { console: desk.console, me: desk.me, part: 'duty' } });
    flushSync();
    await desk.click(desk.find('on-duty'));
    await settle();
    flushSync();
    expect(text(desk.target)).toContain('Bây giờ: Lan, đến Chủ Nhật 22/11 22:00');
    expect(text(desk.find('gap'))).toBe('Không ai trực: Chủ Nhật 22/11 22:00 – Thứ Hai 23/11 06:00');
    expect(text(desk.find('on-duty'))).toContain('Lịch trực có chỗ trống');
    await unmount(harness);
  });
});

describe('the channels of an officer', () => {
  const channel = (change: Partial<ChannelView> = {}): ChannelView => ({ channel_id: 'k1', staff_id: 's1', name: 'Minh', channel: 'mail', label: 'minh@bo.gov.vn', set_at_ms: NOON, ...change });
  const channels = (...list: ChannelView[]): Channels => ({ channels: list, web_push_key: null, mail: true });
  const test = (change = {}) => aNotification({ notification_id: 't1', run: 0, channel: 'mail', state: 'waiting', settled_at_ms: null, ...change });

  async function open(view: Channels) {
    answer('GET /api/me/channels', view);
    await desk.connect();
    desk.draw();
    desk.console.screen.show('channels');
    flushSync();
    await settle();
    flushSync();
  }

  it('say what it means that there are none, and what cannot be added here', async () => {
    await open({ channels: [], mail: false });
    expect(text(document.querySelector('dialog'))).toContain('Rời bàn là không ai báo được cho bạn.');
    expect(text(document.querySelector('dialog'))).toContain('Máy chủ chưa bật gửi thư.');
    expect(text(document.querySelector('dialog'))).toContain('Trình duyệt này không nhận được thông báo');
  });

  it('take an address, and say so when it is none', async () => {
    await open(channels());
    const field = document.querySelector<HTMLInputElement>('dialog input[type=email]');
    if (!field) throw new Error('no field');
    const submit = async (value: string) => {
      field.value = value;
      field.dispatchEvent(new Event('input', { bubbles: true }));
      flushSync();
      field.form?.dispatchEvent(new SubmitEvent('submit', { bubbles: true, cancelable: true }));
      await settle();
      flushSync();
    };
    await submit('minh');
    expect(text(document.querySelector('#address-error'))).toContain('Cần một địa chỉ thư');
    await submit(' minh@bo.gov.vn ');
    expect(desk.service.bodies).toContainEqual({ label: 'minh@bo.gov.vn', target: { kind: 'mail', address: 'minh@bo.gov.vn' } });
  });

  it('are tried, and what happened is said exactly', async () => {
    await open(channels(channel()));
    answer('POST /api/me/channels/k1/test', channels(channel({ last: test() })));
    await desk.click(button('Gửi thử'));
    expect(text(desk.find('channel'))).toContain('Đang gửi thử…');
    answer('GET /api/me/channels', channels(channel({ last: test() })));
    await desk.clock.advance(POLL_MS);
    answer('GET /api/me/channels', channels(channel({ last: test({ state: 'failed', fault: 'refused', settled_at_ms: NOON }) })));
    await desk.clock.advance(POLL_MS);
    flushSync();
    expect(text(desk.find('channel'))).toContain('KHÔNG gửi được lúc 12:00:00: phía nhận từ chối.');
    const asked = desk.service.count('GET /api/me/channels');
    await desk.clock.advance(10 * POLL_MS);
    expect(desk.service.count('GET /api/me/channels')).toBe(asked);
  });

  it('stand with the webhooks for those who answer for the desk, and all are tried at once', async () => {
    const hook = { webhook_id: 'w1', name: 'Cổng SMS' };
    const all = (last?: ReturnType<typeof test>): Channels => ({ ...channels(), webhooks: [{ ...hook, last }] });
    answer('GET /api/cover/channels', all());
    await desk.connect();
    desk.draw();
    desk.console.screen.show('deskChannels');
    flushSync();
    await settle();
    flushSync();
    expect(text(desk.find('webhook'))).toBe('Cổng SMS Chưa thử lần nào.');
    const sent = test({ channel: 'webhook' });
    answer('POST /api/cover/channels/test', all(sent));
    await desk.click(button('Thử tất cả kênh của bàn'));
    expect(text(desk.find('webhook'))).toContain('Đang gửi thử…');
    answer('GET /api/cover/channels', all({ ...sent, state: 'failed', fault: 'answered', settled_at_ms: NOON }));
    await desk.clock.advance(POLL_MS);
    flushSync();
    expect(text(desk.find('webhook'))).toContain('KHÔNG gửi được lúc 12:00:00: ca đã có người nhận hoặc đã đóng.');
  });

  it('that never answer are not waited for without end, nor taken for good', async () => {
    const waiting = channels(channel({ last: test() }));
    await open(waiting);
    answer('POST /api/me/channels/k1/test', waiting);
    await desk.click(button('Gửi thử'));
    await desk.clock.advance((POLLS_MAX + 5) * POLL_MS);
    flushSync();
    expect(desk.service.count('GET /api/me/channels')).toBe(POLLS_MAX + 1);
    expect(text(desk.find('channel'))).toContain('Đừng trông vào kênh này.');
  });
});
