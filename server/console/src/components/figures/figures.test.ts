// @vitest-environment happy-dom
import type { FigureCasesQuery, FiguresQuery, Me } from '@protocol';
import { flushSync, mount, unmount } from 'svelte';
import { afterEach, beforeEach, describe, expect, it, vi as mock } from 'vitest';
import { noFigures, someFigures } from '../../testing/figures';
import { leadsOf } from '../../testing/leads';
import FiguresHarness from '../../testing/FiguresHarness.svelte';
import { ManualClock, settle } from '../../testing/manual_clock';
import { aCase, anOfficer, NOON } from '../../testing/samples';
import type { Lead } from '../../lib/figures/leads';
import { Service } from '../../testing/service';
import { Console } from '../../state/console.svelte';
import type { Engine } from '../../state/figures/figures.svelte';

/** Draws nothing: pictures are looked at in a browser. */
const engine: Engine = { drawIn: () => ({ knowWorld() {}, show() {}, dispose() {} }), svgOf: () => '<svg></svg>' };

const DESKS = [
  { desk_id: 'ministry', name: 'Bàn trực của Bộ', on_duty: 1 },
  { desk_id: 'tw-taipei', name: 'Đài Bắc', country: 'TW', time_zone: 'Asia/Taipei', on_duty: 1 },
];
const reviewer = () => anOfficer({ role: 'reviewer', desk: null, on_shift_since_ms: null });

let service: Service;
let console: Console;
let target: HTMLElement;
let mounted: object | null = null;
let kept: Map<string, string>;
let getEngine: () => Promise<Engine>;

beforeEach(() => {
  service = new Service();
  kept = new Map();
  getEngine = () => Promise.resolve(engine);
  mock.stubGlobal('fetch', () => Promise.reject(new Error('no base map here')));
  answer('POST /api/figures', someFigures());
});
afterEach(() => {
  if (mounted) void unmount(mounted);
  mounted = null;
  console.feed.stop();
  target.remove();
  mock.unstubAllGlobals();
});

const answer = (request: string, body: unknown, status = 200) => service.answers.set(request, () => Response.json(body, { status }));

async function pause() {
  for (let i = 0; i < 4; i++) {
    flushSync();
    await settle();
  }
  flushSync();
}

/** Opens the figures, as `me`, in a browser that keeps what it is given. */
async function open(me: Me = reviewer()) {
  if (mounted) {
    void unmount(mounted);
    target.remove();
  }
  answer('GET /api/session', me);
  answer('GET /api/desks', { desks: DESKS });
  const storage = { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => void kept.set(key, value) };
  console = new Console({
    fetch: service.fetch,
    clock: new ManualClock(NOON),
    random: () => 0.5,
    openSocket: service.openSocket,
    isVisible: () => true,
    storage: storage as unknown as Storage,
  });
  await console.session.look();
  console.openFigures();
  target = document.createElement('div');
  document.body.append(target);
  mounted = mount(FiguresHarness, { target, props: { console, me, getEngine: () => getEngine() } });
  await pause();
}

const text = () => (target.textContent ?? '').replace(/[\s\u00A0]+/g, ' ');
const part = (testid: string) => (target.querySelector(`[data-testid="${testid}"]`)?.textContent ?? '').replace(/[\s\u00A0]+/g, ' ').trim();
const asked = () => service.bodies.at(-1) as FiguresQuery;
const heading = () => document.querySelector('dialog h2')?.textContent?.replace(/\u00A0/g, ' ');
const button = (name: string) => {
  const found = [...document.querySelectorAll('button')].find((b) => (b.getAttribute('aria-label') ?? b.textContent ?? '').replace(/[\s\u00A0]+/g, ' ').includes(name));
  if (!found) throw new Error(`no button "${name}"`);
  return found;
};

async function press(name: string) {
  button(name).click();
  await pause();
}

async function choose(label: string, value: string) {
  const field = [...target.querySelectorAll('label')].find((l) => l.textContent?.includes(label))?.querySelector<HTMLInputElement | HTMLSelectElement>('select, input');
  if (!field) throw new Error(`no field "${label}"`);
  if (field instanceof HTMLInputElement && field.type === 'radio') field.checked = true;
  else field.value = value;
  field.dispatchEvent(new Event('change', { bubbles: true }));
  await pause();
}

describe('figures', () => {
  it('say how many cases, over how many each is counted, and what is left out', async () => {
    await open();
    expect(asked()).toEqual({ from: '2026-11-01', to: '2026-11-22', zone: 'Asia/Ho_Chi_Minh' });
    expect(part('asked')).toBe('Ca mở từ 01/11/2026 đến 22/11/2026, giờ Hà Nội (Asia/Ho_Chi_Minh).');
    expect(part('cases')).toContain('1.284');
    expect(part('drills')).toBe('Không tính 96 diễn tập');
    expect(part('target')).toBe('Nhận ca trong 15 giây 87,4% chưa đạt · mục tiêu 90% · 1.122 trên 1.284 ca 162 ca chưa nhận trong 15 giây');
    expect(part('time-claim')).toBe('Có người nhận trên 1.264 ca 20 ca chưa có hoặc không rõ6,4 giây19,2 giây32 giây');
    expect(part('watch-false_alarms')).toBe('Báo nhầm 18,6% 231 ca trên 1.243 ca đã đóng');
    expect(part('on-time')).toBe('Nhận ca đúng hạn 94% Theo hạn của bàn trực lúc đó · 1.207 trên 1.284 ca 77 ca chưa nhận đúng hạn');
    expect(part('watch-escalated')).toContain('118 lần báo: 101 đến đúng người, 12 đến bàn của Bộ thay thế, 5 không đến được ai; sau đó 66 ca có người nhận.');
    expect(part('readiness')).toContain('88 trên 96 diễn tập 8 diễn tập chưa có người nhận');
  });

  it('lead to their cases, of the question that they answer, and a case leads back', async () => {
    answer('POST /api/figures/cases', { cases: [aCase({ case_id: 'c7', case_no: '2026-000007' })], all: 3 });
    await open();
    await press('77 ca chưa nhận đúng hạn');
    expect(service.bodies.at(-1)).toEqual({ query: someFigures().query, of: 'not_on_time' });
    expect(heading()).toBe('Ca chưa nhận đúng hạn');
    expect(document.querySelector('dialog')?.textContent).toContain('Mở từ 01/11/2026 đến 22/11/2026, giờ Hà Nội (Asia/Ho_Chi_Minh).');
    expect(document.querySelector('dialog')?.textContent).toContain('1 ca mới nhất trong 3 ca');
    await press('2026-000007');
    expect(console.shown).toBe('c7');
    expect([console.screen.figures, console.screen.fromFigures]).toEqual([false, true]);
    console.openFigures();
    expect([console.screen.figures, console.screen.fromFigures, console.shown]).toEqual([true, false, null]);
  });

  it('lead each to just its cases, wherever on the page it stands', async () => {
    answer('POST /api/figures/cases', { cases: [], all: 0 });
    await open();
    for (const chart of target.querySelectorAll<HTMLElement>('article button[aria-expanded="false"]')) chart.click();
    await pause();
    const asked = new Map<string, string[]>();
    for (const lead of [...target.querySelectorAll<HTMLElement>('button.leads, button.see')]) {
      lead.click();
      await pause();
      const { query, ...what } = service.bodies.at(-1) as FigureCasesQuery;
      expect(query).toEqual(someFigures().query);
      const name = (lead.getAttribute('aria-label') ?? lead.textContent ?? '').replace(/\u00A0/g, ' ');
      if (lead.matches('.see')) expect(name.endsWith(`: ${heading()}`), `${name}, ${heading()}`).toBe(true);
      asked.set(JSON.stringify(what), [...(asked.get(JSON.stringify(what)) ?? []), name]);
      document.querySelector<HTMLElement>('dialog header button')?.click();
      await pause();
    }
    const wanted = leadsOf(someFigures()).filter(([, n]) => n > 0);
    expect([...asked.keys()].sort()).toEqual([...new Set(wanted.map(([what]) => JSON.stringify(what)))].sort());
    for (const [what, n] of wanted) expect(asked.get(JSON.stringify(what))?.join(' | '), JSON.stringify(what)).toContain(n.toLocaleString('vi'));
    for (const [what, names] of asked) {
      const numbers = wanted.filter(([of]) => JSON.stringify(of) === what).map(([, n]) => n.toLocaleString('vi'));
      for (const name of names) expect(numbers.some((n) => name.includes(n)), `${what}: ${name}`).toBe(true);
    }
  });

  it('that are none lead nowhere', async () => {
    const none = { cases: 0, over: 0 };
    answer('POST /api/figures', someFigures({ unseen: none, false_alarms: none, on_time: { cases: 0, over: 1_284 } }));
    await open();
    for (const id of ['watch-unseen', 'watch-false_alarms']) expect(target.querySelector(`[data-testid="${id}"] button`)).toBeNull();
    expect([...target.querySelectorAll('[data-testid="on-time"] button')].map((b) => b.textContent)).toEqual(['1.284 ca chưa nhận đúng hạn']);
  });

  it('of drills lead to drills, and say so, also where no case is counted', async () => {
    answer('POST /api/figures', { ...noFigures(), drills_left_out: 3 });
    answer('POST /api/figures/cases', { cases: [], all: 0 });
    await open();
    await press('Có 3 diễn tập khớp');
    expect(service.bodies.at(-1)).toEqual({ query: someFigures().query, of: 'cases', drills: true });
    expect(heading()).toBe('Các diễn tập, không tính vào số liệu');
    expect(document.querySelector('dialog')?.textContent).toContain('Không có diễn tập nào.');
  });

  it('stay what the dialog is of, when others come meanwhile', async () => {
    answer('POST /api/figures/cases', { cases: [], all: 0 });
    await open();
    answer('POST /api/figures', someFigures({ spans: 'month', query: { ...someFigures().query, from: '2026-10-01' } }));
    await press('Xem bảng: Diễn biến');
    const first = target.querySelector<HTMLElement>('[data-testid="chart-course"] td button');
    void choose('Tháng trước', 'last_month');
    first?.click();
    await pause();
    expect(part('asked')).toContain('từ 01/10/2026');
    expect(heading()).toBe('Các ca được tính · mở ngày 01/11/2026');
  });

  it('whose cases do not come say so, and can be asked for again', async () => {
    answer('POST /api/figures/cases', { type: 'urn:sos:problem:forbidden', title: '', status: 403, code: 'forbidden' }, 403);
    await open();
    await press('5 trên 1.284 ca');
    expect(document.querySelector('dialog')?.textContent).toContain('Chưa tải được các ca.');
    answer('POST /api/figures/cases', { cases: [], all: 0 });
    await press('Thử lại');
    expect(document.querySelector('dialog')?.textContent).toContain('Không có ca nào.');
  });

  it('of nothing say what to do', async () => {
    answer('POST /api/figures', noFigures());
    await open();
    expect(part('nothing')).toContain('Chọn khoảng thời gian dài hơn');
    expect(target.querySelector('[data-testid="cases"]')).toBeNull();
    answer('POST /api/figures', someFigures());
    await press('Xem 12 tháng qua');
    expect(asked()).toMatchObject({ from: '2025-11-23', to: '2026-11-22' });
    expect(part('cases')).toContain('1.284');
  });

  it('that cannot be counted say so, and can be asked for again', async () => {
    answer('POST /api/figures', { type: 'urn:sos:problem:unavailable', title: '', status: 503, code: 'unavailable' }, 503);
    await open();
    expect(text()).toContain('Chưa tính được số liệu.');
    answer('POST /api/figures', someFigures());
    await press('Thử lại');
    expect(text()).not.toContain('Chưa tính được số liệu.');
    expect(part('cases')).toContain('1.284');
  });

  it('of before stay, and say that they are, when new ones cannot be counted', async () => {
    await open();
    service.answers.set('POST /api/figures', () => {
      throw new TypeError('Failed to fetch');
    });
    await choose('Tháng trước', 'last_month');
    expect(text()).toContain('Số liệu dưới đây là của lần hỏi trước');
    expect(text()).toContain('Không nối được máy chủ. Kiểm tra mạng rồi thử lại.');
    expect(part('asked')).toContain('01/11/2026');
  });
});

describe('what is chosen', () => {
  it('is asked for at once, and there again after the page is loaded anew', async () => {
    await open();
    await choose('Bàn trực', 'tw-taipei');
    expect(asked()).toMatchObject({ desk: 'tw-taipei', zone: 'Asia/Ho_Chi_Minh' });
    await choose('Tính ngày giờ theo', 'desk');
    await choose('Việc xảy ra', 'held');
    const last = asked();
    expect(last).toEqual({ from: '2026-11-01', to: '2026-11-22', zone: 'Asia/Taipei', desk: 'tw-taipei', kind: 'held' });
    await open();
    expect(asked()).toEqual(last);
    await press('Bỏ các bộ lọc');
    expect(asked()).toEqual({ from: '2026-11-01', to: '2026-11-22', zone: 'Asia/Ho_Chi_Minh' });
  });

  it('is not asked for while the period is wrong, and it is said what', async () => {
    await open();
    await choose('Tự chọn', 'own');
    expect(asked()).toMatchObject({ from: '2026-11-01', to: '2026-11-22' });
    const before = service.count('POST /api/figures');
    await choose('Đến ngày', '2026-10-01');
    expect(text()).toContain('Ngày cuối đang đứng trước ngày đầu.');
    expect(service.count('POST /api/figures')).toBe(before);
    await choose('Từ ngày', '2026-09-01');
    expect(asked()).toMatchObject({ from: '2026-09-01', to: '2026-10-01' });
    expect(text()).not.toContain('Ngày cuối đang đứng trước ngày đầu.');
  });

  it('is never another desk for a supervisor', async () => {
    await open(anOfficer({ role: 'supervisor' }));
    expect(asked()).toMatchObject({ desk: 'tw-taipei' });
    expect([...target.querySelectorAll('label .label')].map((l) => l.textContent)).not.toContain('Bàn trực');
  });
});

describe('charts', () => {
  it('lead to the cases of what is pressed in them', async () => {
    const pressed: ((lead: Lead) => void)[] = [];
    getEngine = () => Promise.resolve({ ...engine, drawIn: (element, onlead) => (pressed.push(onlead), engine.drawIn(element, onlead)) });
    answer('POST /api/figures/cases', { cases: [aCase({ case_id: 'c7' })], all: 1 });
    await open();
    const lead: Lead = { of: 'cases', group: { by: 'desk', desk_id: 'jp-tokyo' } };
    pressed[0]?.(lead);
    await pause();
    expect(service.bodies.at(-1)).toEqual({ query: someFigures().query, ...lead });
    expect(heading()).toBe('Các ca được tính · Tokyo');
  });

  it('show their numbers as a table when asked to', async () => {
    await open();
    const chart = target.querySelector('[data-testid="chart-hours"]');
    expect(chart?.querySelector('table')).toBeNull();
    await press('Xem bảng: Theo giờ mở ca');
    expect(chart?.querySelectorAll('tbody tr')).toHaveLength(24);
    expect(chart?.querySelector('caption')?.textContent).toBe('Theo giờ mở ca, trên 1.284 ca');
    await press('Ẩn bảng: Theo giờ mở ca');
    expect(chart?.querySelector('table')).toBeNull();
  });

  it('have words for those who do not see them', async () => {
    await open();
    expect(target.querySelector('[data-testid="chart-weekdays"] [role="img"]')?.getAttribute('aria-label')).toContain('Nhiều nhất: Chủ Nhật');
  });

  it('that cannot be drawn leave their tables', async () => {
    getEngine = () => Promise.reject(new Error('not loaded'));
    await open();
    expect(text()).toContain('Các bảng dưới đây có đủ các số.');
    expect(target.querySelectorAll('[data-testid="chart-kinds"] tbody tr')).toHaveLength(5);
    expect(button('Tải SVG: Theo việc xảy ra').disabled).toBe(true);
    getEngine = () => Promise.resolve(engine);
    await press('Thử lại');
    expect(target.querySelectorAll('[data-testid="chart-kinds"] tbody tr')).toHaveLength(0);
  });

  it('are bars where the map cannot be loaded', async () => {
    await open();
    expect(part('chart-countries')).toContain('Chưa tải được bản đồ, nên vẽ bằng cột');
  });

  it('are files of the numbers on the page', async () => {
    const files: { name: string; blob: Blob }[] = [];
    let made: Blob | null = null;
    mock.spyOn(URL, 'createObjectURL').mockImplementation((blob) => ((made = blob as Blob), 'blob:x'));
    mock.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLAnchorElement) {
      if (made) files.push({ name: this.download, blob: made });
    });
    await open();
    await press('Tải CSV: Theo việc xảy ra');
    expect(files[0]?.name).toBe('theo-viec-xay-ra_2026-11-01_2026-11-22_Asia-Ho_Chi_Minh.csv');
    expect(await files[0]?.blob.text()).toContain('Bị thương,311,24.2212\r\n');
    mock.restoreAllMocks();
  });
});
