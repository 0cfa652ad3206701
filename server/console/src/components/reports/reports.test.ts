// @vitest-environment happy-dom
import type { Me, ReportView, SaveReport } from '@protocol';
import { flushSync, mount, unmount } from 'svelte';
import { afterEach, beforeEach, describe, expect, it, vi as mock } from 'vitest';
import { ManualClock, settle } from '../../testing/manual_clock';
import { aReport, aReportList, aRow, aWrittenReport, NO_REPORTS } from '../../testing/reports';
import ReportsHarness from '../../testing/ReportsHarness.svelte';
import { aCase, anOfficer, NOON } from '../../testing/samples';
import { Service } from '../../testing/service';
import { Console } from '../../state/console.svelte';

const DESKS = [
  { desk_id: 'ministry', name: 'Bàn trực của Bộ', on_duty: 1 },
  { desk_id: 'tw-taipei', name: 'Đài Bắc', country: 'TW', time_zone: 'Asia/Taipei', on_duty: 1 },
];
const READ = 'GET /api/cases/c1/report?language=vi';
const SAVE = 'POST /api/cases/c1/report?language=vi';
const SUBMIT = 'POST /api/cases/c1/report/submit?language=vi';
const step = (seq: number, did: string, by: string, version: number) => ({ seq, did, by, at_ms: NOON + seq, version });

let service: Service;
let console: Console;
let target: HTMLElement;
let mounted: object | null = null;

beforeEach(() => {
  service = new Service();
  mock.stubGlobal('fetch', () => Promise.reject(new Error('no base map here')));
});
afterEach(() => {
  if (mounted) void unmount(mounted);
  mounted = null;
  console.feed.stop();
  target.remove();
  mock.unstubAllGlobals();
});

const answer = (request: string, body: unknown, status = 200) => service.answers.set(request, () => Response.json(body, { status }));
const stale = (by: string) => ({ type: '', title: '', status: 409, code: 'stale_version', conflict: { did: 'report_saved', by, at_ms: NOON, version: 2 } });
const unreachable = (request: string) =>
  service.answers.set(request, () => {
    throw new TypeError('Failed to fetch');
  });

async function pause() {
  for (let i = 0; i < 6; i++) {
    flushSync();
    await settle();
  }
  flushSync();
}

async function start(me: Me = anOfficer(), report: string | null = 'c1') {
  answer('GET /api/session', me);
  answer('GET /api/desks', { desks: DESKS });
  console = new Console({
    fetch: service.fetch,
    clock: new ManualClock(NOON),
    random: () => 0.5,
    openSocket: service.openSocket,
    isVisible: () => true,
    storage: null,
  });
  await console.session.look();
  console.openReports(report);
  target = document.createElement('div');
  document.body.append(target);
  mounted = mount(ReportsHarness, { target, props: { console, me } });
  await pause();
}

const find = (testid: string) => document.querySelector<HTMLElement>(`[data-testid="${testid}"]`);
const text = (testid: string) => (find(testid)?.textContent ?? '').replace(/[\s ]+/g, ' ').trim();
const page = () => (target.textContent ?? '').replace(/[\s ]+/g, ' ');
const field = (testid: string) => find(testid) as HTMLTextAreaElement;
const sent = (request: string) => service.requests.includes(request);

async function write(testid: string, value: string) {
  field(testid).value = value;
  field(testid).dispatchEvent(new Event('input', { bubbles: true }));
  await pause();
}

async function press(name: string) {
  const found = [...document.querySelectorAll('button')].findLast((b) => (b.textContent ?? '').replace(/[\s ]+/g, ' ').trim() === name);
  if (!found) throw new Error(`no button "${name}"`);
  found.click();
  await pause();
}

async function click(testid: string) {
  const found = find(testid);
  if (!found) throw new Error(`no "${testid}"`);
  found.click();
  await pause();
}

describe('the lists', () => {
  it('say how many there are of each, and mark what is late', async () => {
    const row = aRow({ overdue: true, due_ms: NOON - 3_600_000, open_measures: 3, overdue_measures: 1 });
    answer('GET /api/reports?of=missing', aReportList([row], { counts: { ...NO_REPORTS, missing: 1, overdue: 1, submitted: 4 } }));
    await start(anOfficer(), null);
    expect([text('count-missing'), text('count-overdue'), text('count-submitted'), text('count-accepted')]).toEqual(['1', '1', '4', '']);
    expect(find('count-overdue')?.closest('button')?.className).toContain('late');
    expect(find('count-overdue_measures')?.closest('button')?.className).not.toContain('late');
    expect(text('reports')).toContain('2026-000001 Chưa viết QUÁ HẠN 1 giờ. Phải nộp trước 11:00 22/11/2026');
    expect(text('reports')).toContain('Đài Bắc · đóng 11:00 22/11/2026 · Đã giải quyết');
    expect(text('reports')).toContain('3 việc còn phải làm, 1 việc quá hạn');
    expect(page()).not.toContain('Tất cả bàn trực');
  });

  it('that are empty say what that means, also of one desk', async () => {
    answer('GET /api/reports?of=submitted', aReportList([]));
    answer('GET /api/reports?of=overdue', aReportList([]));
    answer('GET /api/reports?of=overdue&desk=tw-taipei', aReportList([]));
    await start(anOfficer({ role: 'reviewer', desk: null }), null);
    expect(text('reports-empty')).toBe('Không có báo cáo nào chờ Bộ xem xét.');
    target.querySelector<HTMLElement>('#reports-tab-overdue')?.click();
    await pause();
    expect(text('reports-empty')).toBe('Không có báo cáo nào quá hạn.');
    const select = target.querySelector('select') as HTMLSelectElement;
    select.value = 'tw-taipei';
    select.dispatchEvent(new Event('change', { bubbles: true }));
    await pause();
    expect(text('reports-empty')).toContain('Chỉ tính các ca do Đài Bắc giữ.');
  });

  it('go on where a page ends, and are there again behind a report', async () => {
    const rows = [aRow(), aRow({ case_id: 'c0', case_no: '2026-000000' })];
    answer('GET /api/reports?of=missing', aReportList(rows.slice(0, 1), { next: 7 }));
    answer('GET /api/reports?of=missing&after=7', aReportList(rows.slice(1)));
    answer('GET /api/cases/c0/report?language=vi', aReport({ case_id: 'c0', case_no: '2026-000000' }));
    await start(anOfficer(), null);
    expect(page()).toContain('Còn báo cáo cũ hơn');
    await press('Xem các báo cáo cũ hơn');
    expect(text('reports')).toContain('2026-000000');
    target.querySelector<HTMLElement>('[data-report="c0"]')?.click();
    await pause();
    expect(target.querySelector('h2')?.textContent).toBe('Báo cáo vụ việc 2026-000000');
    await press('Danh sách báo cáo');
    expect(document.activeElement?.getAttribute('data-report')).toBe('c0');
  });

  it('that cannot be loaded say so, and keep what was there', async () => {
    answer('GET /api/reports?of=missing', aReportList([aRow()]));
    await start(anOfficer(), null);
    unreachable('GET /api/reports?of=missing');
    await press('Tải lại');
    expect(page()).toContain('Chưa tải lại được. Danh sách dưới đây là của lúc 12:00:00 22/11/2026. Không nối được máy chủ.');
    expect(text('reports')).toContain('2026-000001');
    answer('GET /api/reports?of=missing', aReportList([]));
    await press('Thử lại');
    expect(text('reports-empty')).toContain('Không thiếu báo cáo nào');
  });
});

describe('a report', () => {
  it('reads like a document, by clocks that it names', async () => {
    answer(READ, aReport());
    await start();
    expect(text('report-head')).toContain('Mọi giờ trong báo cáo là giờ sở tại (Asia/Taipei).');
    expect(text('report-head')).toContain('Nộp trước 12:00 25/11/2026');
    expect(text('drafted')).toContain('11:50:12Lan nhận ca');
    expect(text('drafted')).toContain('SOS này không kèm vị trí.');
    expect(text('steps')).toContain('Chưa có bước nào');
    expect(find('submit-report')).toBeNull();
  });

  it('has its drafted part in the other language when that is chosen, and keeps what is being written', async () => {
    answer(READ, aReport());
    const { drafted } = aReport();
    answer('GET /api/cases/c1/report?language=en', aReport({ drafted: { ...drafted, language: 'en', times_said: ['Until claimed: 12.0 s'] } }));
    await start();
    await write('write-cause', 'Ngã giàn giáo');
    await press('EN');
    expect(text('drafted')).toContain('Until claimed');
    expect(field('write-cause').value).toBe('Ngã giàn giáo');
  });

  it('is only read by those who may not write, with what they may do', async () => {
    const may = { write: false, submit: false, judge: true, follow_up: false };
    answer(READ, aWrittenReport({ state: 'submitted', version: 2, may, due_ms: null }));
    await start(anOfficer({ role: 'reviewer', desk: null }));
    expect(text('read-cause')).toBe('Chủ say rượu');
    expect([find('write-cause'), find('save-report'), find('submit-report')]).toEqual([null, null, null]);
    expect(text('return-report') + text('accept-report')).toContain('Duyệt báo cáo');
  });

  it('whose words were erased says so', async () => {
    const may = { write: false, submit: false, judge: false, follow_up: false };
    const measure = { measure_id: 'm', text: '', owner: '', due: '2026-12-31', overdue: false };
    answer(READ, aReport({ state: 'accepted', version: 3, may, measures: [measure] }));
    await start();
    expect(page().split('đã xoá cùng dữ liệu').length - 1).toBe(4);
  });

  it('that there is not, or is not theirs, says so', async () => {
    answer(READ, { type: '', title: '', status: 404, code: 'not_found' }, 404);
    await start();
    expect(page()).toContain('Không có báo cáo này, hoặc tài khoản của bạn không được xem.');
  });
});

describe('what is written', () => {
  it('goes to the service whole, and is said to be saved', async () => {
    answer(READ, aReport());
    answer(SAVE, aWrittenReport({ cause: 'Ngã', done: '', lessons: '' }));
    await start();
    await write('write-cause', 'Ngã');
    expect(text('act-said')).toBe('Có phần chưa lưu.');
    await click('save-report');
    expect(service.bodies.at(-1)).toEqual({ version: 0, cause: 'Ngã', done: '', lessons: '', measures: [], answers: [] } satisfies SaveReport);
    expect(text('act-said')).toBe('Đã lưu lúc 13:00:00.');
    expect(console.keptReports.any).toBe(false);
  });

  it('stays when it cannot be saved, and it is said why', async () => {
    answer(READ, aReport());
    unreachable(SAVE);
    await start();
    await write('write-cause', 'Ngã');
    await click('save-report');
    expect(text('act-failed')).toContain('Chưa lưu được. Phần bạn viết vẫn còn ở đây. Không nối được máy chủ.');
    expect(field('write-cause').value).toBe('Ngã');
    answer(SAVE, aWrittenReport({ cause: 'Ngã', done: '', lessons: '' }));
    await click('save-report');
    expect(find('act-failed')).toBeNull();
  });

  it('stands beside what somebody else saved meanwhile, and neither is lost', async () => {
    answer(READ, aReport());
    answer(SAVE, stale('Minh'), 409);
    await start();
    await write('write-cause', 'Của tôi');
    const minh = aReport({ version: 1, cause: 'Của Minh', lessons: 'Minh viết', steps: [step(4, 'report_saved', 'Minh', 1)] });
    answer(READ, minh);
    await click('save-report');
    expect(text('other')).toContain('Minh lưu báo cáo lúc 13:00:00. Phần bạn viết vẫn còn nguyên');
    expect([field('write-cause').value, field('write-lessons').value]).toEqual(['Của tôi', 'Minh viết']);
    expect(text('theirs')).toContain('Minh đã viết ở đây:');
    expect(text('theirs')).toContain('Của Minh');
    answer(SAVE, { ...minh, version: 2, cause: 'Của tôi' });
    await click('save-report');
    expect(service.bodies.at(-1)).toMatchObject({ version: 1, cause: 'Của tôi', lessons: 'Minh viết' });
    expect([find('theirs'), find('other')]).toEqual([null, null]);
  });

  it('can give way to what somebody else saved', async () => {
    answer(READ, aReport());
    answer(SAVE, stale('Minh'), 409);
    await start();
    await write('write-cause', 'Của tôi');
    answer(READ, aReport({ version: 1, cause: 'Của Minh', steps: [step(4, 'report_saved', 'Minh', 1)] }));
    await click('save-report');
    await press('Dùng bản này thay bản của tôi');
    expect(field('write-cause').value).toBe('Của Minh');
    expect([find('theirs'), text('act-said')]).toEqual([null, 'Mọi thứ đã lưu.']);
  });

  it('can be copied when the report was submitted meanwhile', async () => {
    answer(READ, aWrittenReport());
    answer(SAVE, { ...stale('Đức'), conflict: { did: 'report_submitted', by: 'Đức', at_ms: NOON, version: 2 } }, 409);
    await start();
    await write('write-cause', 'Của tôi');
    const may = { write: false, submit: false, judge: false, follow_up: false };
    answer(READ, aWrittenReport({ state: 'submitted', version: 2, may, steps: [step(5, 'report_submitted', 'Đức', 2)] }));
    await click('save-report');
    expect(text('other')).toContain('Đức nộp báo cáo cho Bộ');
    expect(text('unsaved-text')).toContain('Của tôi');
    expect(text('read-cause')).toBe('Chủ say rượu');
    await press('Bỏ phần này');
    expect(find('unsaved-text')).toBeNull();
  });

  it('is asked about when the report is left, and kept when something else takes the page', async () => {
    answer(READ, aReport());
    answer('GET /api/reports?of=missing', aReportList([aRow()]));
    await start();
    await write('write-cause', 'Chưa xong');
    await press('Danh sách báo cáo');
    expect(document.querySelector('dialog')?.textContent).toContain('Rời báo cáo khi chưa lưu?');
    await click('leave-stay');
    expect(field('write-cause').value).toBe('Chưa xong');
    // An SOS asks nothing.
    service.cases.set('c2', aCase({ case_id: 'c2' }));
    console.show('c2');
    await pause();
    expect([console.screen.reports, console.keptReports.any, console.keptReports.count('s1')]).toEqual([null, true, 1]);
    console.openReports();
    await pause();
    expect(text('reports')).toContain('Bạn có phần chưa lưu');
    target.querySelector<HTMLElement>('[data-report="c1"]')?.click();
    await pause();
    expect(field('write-cause').value).toBe('Chưa xong');
    await press('Danh sách báo cáo');
    await click('leave-discard');
    expect([console.keptReports.any, text('reports').includes('chưa lưu')]).toEqual([false, false]);
  });

  it('is nobody else’s on the same computer', async () => {
    answer(READ, aReport());
    await start();
    await write('write-cause', 'Của Minh');
    expect([console.keptReports.has('s1', 'c1'), console.keptReports.has('s2', 'c1'), console.keptReports.count('s2')]).toEqual([true, false, 0]);
  });

  it('is not sent while something in it is wrong', async () => {
    answer(READ, aReport());
    await start();
    await click('add-measure');
    await write('measure-text-1', 'Nhắc chủ');
    await click('save-report');
    expect(text('act-bar')).toContain('Việc 1: chưa ghi người làm.');
    expect(text('act-bar')).toContain('Việc 1: chưa chọn ngày');
    expect(sent(SAVE)).toBe(false);
  });
});

describe('a report that somebody else works on', () => {
  it('is the new one as soon as the feed tells of it', async () => {
    answer(READ, aReport());
    await start(anOfficer({ role: 'supervisor' }));
    console.feed.start();
    await pause();
    service.socket?.onopen?.();
    answer(READ, aWrittenReport({ steps: [step(4, 'report_saved', 'Lan', 1)] }));
    service.send({ type: 'snapshot', more: false, cases: [aCase({ state: 'closed', last_seq: 4 })], head_seq: 4, server_time_ms: NOON });
    await pause();
    expect(text('other')).toContain('Lan lưu báo cáo lúc 13:00:00. Trang này đã là bản mới.');
    expect(field('write-cause').value).toBe('Chủ say rượu');
    expect(text('act-said')).toBe('Mọi thứ đã lưu.');
  });
});

describe('its steps', () => {
  const may = (change: Partial<ReportView['may']>) => ({ write: false, submit: false, judge: false, follow_up: false, ...change });

  it('are taken only when nothing is missing, and what is unsaved goes along', async () => {
    answer(READ, aWrittenReport({ lessons: '', may: may({ write: true, submit: true }) }));
    await start(anOfficer({ role: 'supervisor' }));
    await click('submit-report');
    expect(text('lacks')).toBe('Chưa nộp được, còn thiếu: bài học.');
    await write('write-lessons', 'Hỏi sớm');
    answer(SAVE, aWrittenReport({ version: 2, lessons: 'Hỏi sớm', may: may({ write: true, submit: true }) }));
    answer(SUBMIT, aWrittenReport({ state: 'submitted', version: 3, lessons: 'Hỏi sớm', may: may({}) }));
    await click('submit-report');
    await click('confirm');
    expect(service.bodies.at(-1)).toEqual({ version: 2 });
    expect(text('report-state')).toBe('Đã nộp, chờ Bộ xem xét');
    expect(text('act-said')).toBe('Báo cáo đang ở Bộ, bàn trực không sửa được.');
  });

  it('give it back with questions that are not lost when that fails', async () => {
    answer(READ, aWrittenReport({ state: 'submitted', version: 2, may: may({ judge: true }) }));
    unreachable('POST /api/cases/c1/report/return?language=vi');
    await start(anOfficer({ role: 'reviewer', desk: null }));
    await click('return-report');
    await click('confirm');
    expect(document.querySelector('dialog')?.textContent).toContain('Cần ít nhất một câu hỏi.');
    await write('question-1', 'Vì sao không gọi 110 ngay?');
    await click('confirm');
    expect(text('act-failed')).toContain('Các câu hỏi của bạn vẫn còn.');
    await press('Thôi');
    await click('return-report');
    expect(field('question-1').value).toBe('Vì sao không gọi 110 ngay?');
    const question = { question: 1, round: 1, at_ms: NOON, by: 'Trà', text: 'Vì sao không gọi 110 ngay?', answer: '' };
    answer('POST /api/cases/c1/report/return?language=vi', aWrittenReport({ state: 'returned', version: 3, may: may({}), questions: [question] }));
    await click('confirm');
    expect(service.bodies.at(-1)).toEqual({ version: 2, questions: ['Vì sao không gọi 110 ngay?'] });
    expect(text('questions')).toContain('Lần 1: Trà hỏi lúc 13:00 22/11/2026');
    expect(text('questions')).toContain('Chưa trả lời.');
  });

  it('follow up what is to be done', async () => {
    const measure = { measure_id: 'm1', text: 'Nhắc chủ', owner: 'Lan', due: '2026-11-20', overdue: true };
    const accepted = { state: 'accepted', version: 4 } as const;
    answer(READ, aWrittenReport({ ...accepted, may: may({ follow_up: true }), measures: [measure] }));
    await start();
    expect(text('measure-1')).toContain('Lan · xong trước hết ngày 20/11/2026 QUÁ HẠN');
    answer('POST /api/cases/c1/report/measures/m1?language=vi', aWrittenReport({ ...accepted, version: 5, may: may({}), measures: [{ ...measure, overdue: false, done_at_ms: NOON, done_by: 'Lan' }] }));
    await click('done-1');
    await press('Ghi là đã xong');
    expect(service.bodies.at(-1)).toEqual({ version: 4, done: true });
    expect(text('measure-1')).toContain('Đã xong: Lan ghi lúc 13:00 22/11/2026');
  });
});
