// @vitest-environment happy-dom
import type { ExportView, NewExport } from '@protocol';
import { flushSync, mount, unmount } from 'svelte';
import { afterEach, beforeEach, describe, expect, it, vi as mock } from 'vitest';
import { Console } from '../../state/console.svelte';
import type { Engine } from '../../state/figures/figures.svelte';
import { anExport, someFigures } from '../../testing/figures';
import FiguresHarness from '../../testing/FiguresHarness.svelte';
import { ManualClock, settle } from '../../testing/manual_clock';
import { anOfficer, NOON } from '../../testing/samples';
import { Service } from '../../testing/service';

const engine: Engine = { drawIn: () => ({ knowWorld() {}, show() {}, dispose() {} }), svgOf: () => '<svg></svg>' };
const me = anOfficer({ role: 'reviewer', desk: null, on_shift_since_ms: null });

let service: Service;
let clock: ManualClock;
let console: Console;
let target: HTMLElement;
let mounted: object | null = null;

const answer = (request: string, body: unknown, status = 200) => service.answers.set(request, () => Response.json(body, { status }));
const list = (...exports: ExportView[]) => answer('GET /api/exports', { exports });
const dialog = () => (document.querySelector('dialog')?.textContent ?? '').replace(/[\s\u00A0]+/g, ' ');
const asked = () => service.bodies.filter((body) => 'export_id' in (body as object)) as NewExport[];

async function pause() {
  for (let i = 0; i < 4; i++) {
    flushSync();
    await settle();
  }
  flushSync();
}

async function press(name: string) {
  const found = [...document.querySelectorAll('button')].find((b) => (b.getAttribute('aria-label') ?? b.textContent ?? '').includes(name));
  if (!found) throw new Error(`no button "${name}"`);
  found.click();
  await pause();
}

async function choose(value: string) {
  const field = document.querySelector<HTMLInputElement>(`dialog input[value="${value}"]`);
  if (!field) throw new Error(`no choice "${value}"`);
  field.checked = true;
  field.dispatchEvent(new Event('change', { bubbles: true }));
  await pause();
}

async function open() {
  if (mounted) {
    void unmount(mounted);
    target.remove();
  }
  console = new Console({
    fetch: service.fetch,
    clock,
    random: () => 0.5,
    openSocket: service.openSocket,
    isVisible: () => true,
    storage: { getItem: () => null, setItem: () => {} } as unknown as Storage,
  });
  await console.session.look();
  console.openFigures();
  target = document.createElement('div');
  document.body.append(target);
  mounted = mount(FiguresHarness, { target, props: { console, me, getEngine: () => Promise.resolve(engine) } });
  await pause();
  await press('Xuất dữ liệu');
}

beforeEach(() => {
  service = new Service();
  clock = new ManualClock(NOON);
  mock.stubGlobal('fetch', () => Promise.reject(new Error('no base map here')));
  answer('GET /api/session', me);
  answer('POST /api/figures', someFigures());
  list();
});
afterEach(() => {
  if (mounted) void unmount(mounted);
  mounted = null;
  console.feed.stop();
  target.remove();
  mock.unstubAllGlobals();
});

describe('taking data away', () => {
  it('asks for what is on the screen, says how far it is, and offers the file once it is done', async () => {
    await open();
    expect(dialog()).toContain('Chưa có tệp nào.');
    expect(dialog()).toContain('Ca mở từ 01/11/2026 đến 22/11/2026');
    await choose('cases');
    const cases = anExport({ of: { kind: 'cases', query: someFigures().query }, format: 'csv', state: 'waiting', done: 0, all: 0 });
    answer('POST /api/exports', cases);
    list(cases);
    await press('Tạo tệp');
    expect(asked().at(-1)).toMatchObject({ of: { kind: 'cases', query: someFigures().query }, format: 'csv', language: 'vi' });
    expect(dialog()).toContain('Đang chờ đến lượt');

    list({ ...cases, state: 'running', done: 400, all: 1_284 });
    clock.advance(1_000);
    await pause();
    expect(dialog()).toContain('Đang tạo: 400 trên 1.284 ca');
    expect(document.querySelector('progress')?.value).toBe(400);
    expect(document.querySelector('dialog a')).toBeNull();

    list({ ...cases, state: 'done', done: 1_284, all: 1_284 });
    clock.advance(1_000);
    await pause();
    const link = document.querySelector<HTMLAnchorElement>('dialog a');
    expect([link?.getAttribute('href'), link?.download]).toEqual([`/api/exports/${cases.export_id}/file`, cases.file_name]);
    expect(dialog()).toContain('Đã xong, 48,2 kB · giữ đến 29/11/2026');
    const looks = service.count('GET /api/exports');
    clock.advance(60_000);
    await pause();
    expect(service.count('GET /api/exports')).toBe(looks);
  });

  it('finds the files again after the page was left, also those by schedule, which nobody removes', async () => {
    list(anExport({ by: null }), anExport({ export_id: '0190aaaa-0000-7000-8000-000000000002' }));
    await open();
    await open();
    expect(document.querySelectorAll('[data-testid="export"]').length).toBe(2);
    expect(dialog()).toContain('Tạo theo lịch');
    const removes = [...document.querySelectorAll('dialog button')].filter((b) => b.textContent === 'Xoá');
    expect(removes.length).toBe(1);
    list(anExport({ by: null }));
    service.answers.set('DELETE /api/exports/0190aaaa-0000-7000-8000-000000000002', () => new Response(null, { status: 204 }));
    await press('Xoá: figures');
    expect(document.querySelectorAll('[data-testid="export"]').length).toBe(1);
  });

  it('says why there is no file and what to do', async () => {
    list(
      anExport({ export_id: '1', state: 'failed', fault: 'too_many_rows' }),
      anExport({ export_id: '2', state: 'failed', fault: 'broken' }),
      anExport({ export_id: '3', state: 'gone' }),
    );
    await open();
    for (const words of ['Hãy tạo CSV', 'Đợi một lát rồi tạo lại', 'Đã hết hạn giữ. Cần thì tạo lại.']) expect(dialog()).toContain(words);
    expect(document.querySelector('dialog a')).toBeNull();
    answer('POST /api/exports', { type: 'urn:sos:problem:too_many', title: '', status: 413, code: 'too_many' }, 413);
    await press('Tạo tệp');
    expect(dialog()).toContain('Bạn đang giữ 20 tệp');
  });

  it('asks for the same file again when it was not heard whether it is made', async () => {
    await open();
    service.answers.set('POST /api/exports', () => {
      throw new TypeError('no network');
    });
    await press('Tạo tệp');
    expect(document.querySelector('dialog [role="alert"]')).not.toBeNull();
    answer('POST /api/exports', anExport());
    await press('Tạo tệp');
    await press('Tạo tệp');
    const [first, again, next] = asked().map((wanted) => wanted.export_id);
    expect([again === first, next === first]).toEqual([true, false]);
  });

  it('does not offer a sheet with more cases than it takes', async () => {
    answer('POST /api/figures', someFigures({ cases: 1_048_576 }));
    await open();
    await choose('cases');
    await choose('xlsx');
    expect(dialog()).toContain('1.048.575 ca');
    const make = [...document.querySelectorAll<HTMLButtonElement>('dialog button')].find((b) => b.textContent === 'Tạo tệp');
    expect(make?.disabled).toBe(true);
  });
});
