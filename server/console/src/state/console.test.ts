// @vitest-environment happy-dom
// The parts of the console together, against a service that exists only in these tests.
import type { CaseSummary, ProvisionalAlert } from '@protocol';
import { flushSync, mount, unmount } from 'svelte';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aCase, anEntry, anOfficer, aProvisional, aRecording, NOON } from '../testing/samples';
import { ManualClock, settle } from '../testing/manual_clock';
import PanelHarness from '../testing/PanelHarness.svelte';
import RowHarness from '../testing/RowHarness.svelte';
import { Service } from '../testing/service';
import { Console } from './console.svelte';
import { SEEN_DWELL_MS } from './open_case.svelte';

describe('the console', () => {
  let service: Service;
  let clock: ManualClock;
  let console: Console;
  let visible: boolean;

  beforeEach(async () => {
    service = new Service();
    clock = new ManualClock(NOON);
    visible = true;
    console = new Console({
      fetch: service.fetch,
      clock,
      random: () => 0.5,
      openSocket: service.openSocket,
      isVisible: () => visible,
      storage: null,
    });
    await console.session.look();
    console.feed.start();
    await settle();
    service.socket?.onopen?.();
    show(aCase());
  });

  afterEach(() => console.feed.stop());

  function show(...cases: CaseSummary[]) {
    for (const summary of cases) service.cases.set(summary.case_id, summary);
    service.send({ type: 'snapshot', more: false, cases, head_seq: 1, server_time_ms: clock.now() });
  }

  async function second() {
    await clock.advance(1000);
    console.tick();
    await settle();
  }

  it('says that a case was seen once it was on the screen for a moment, and not before', async () => {
    console.show('c1');
    await settle();
    console.tick();
    await settle();
    expect(service.count('POST /api/cases/c1/seen')).toBe(0);
    await clock.advance(SEEN_DWELL_MS);
    console.tick();
    await settle();
    expect(service.count('POST /api/cases/c1/seen')).toBe(1);
    await second();
    expect(service.count('POST /api/cases/c1/seen')).toBe(1);
  });

  it('does not take a case for seen that was passed by, or that nobody looks at', async () => {
    show(aCase(), aCase({ case_id: 'c2' }));
    console.show('c1');
    await settle();
    console.show('c2');
    visible = false;
    await second();
    await second();
    expect(service.requests.filter((request) => request.endsWith('/seen'))).toEqual([]);
  });

  it('leaves a second press ringing until somebody answers it, though the case is open on the screen', async () => {
    const claimed = aCase({ state: 'claimed', ringing: false, owner: { staff_id: 's1', name: 'Minh', since_ms: NOON } });
    show(claimed);
    console.show('c1');
    await settle();
    await second();
    await second();
    const seen = service.count('POST /api/cases/c1/seen');
    service.send({ type: 'event', entry: anEntry(2), case: { ...claimed, last_seq: 2, ringing: true, presses: 2, unread: 1 } });
    await second();
    await second();
    expect(service.count('POST /api/cases/c1/seen')).toBe(seen);
    expect(console.announcement).toContain('nhấn SOS lần nữa');
  });

  it('keeps entries that come while the case is being loaded', async () => {
    console.show('c1');
    service.send({ type: 'event', entry: anEntry(2, { kind: 'message', message_id: 'm', text: 'Em đây' }), case: aCase({ last_seq: 2 }) });
    await clock.advance(100);
    expect(console.open.detail?.timeline.map((entry) => entry.seq)).toEqual([2]);
  });

  it('shows who was faster, and the case as it is now', async () => {
    const conflict = { did: 'claimed', by: 'Lan', at_ms: NOON, version: 2 };
    service.answers.set('POST /api/cases/c1/claim', () => Response.json({ code: 'stale_version', status: 409, conflict }, { status: 409 }));
    console.show('c1');
    await settle();
    service.cases.set('c1', aCase({ state: 'claimed', version: 2, last_seq: 2 }));
    await console.commands.claim(aCase());
    await settle();
    expect(console.commands.failed?.caseId).toBe('c1');
    expect(console.open.summary?.state).toBe('claimed');
  });

  it('sends a message again under the same id, then leaves it to the officer', async () => {
    const bodies: string[] = [];
    service.answers.set('POST /api/cases/c1/messages', () => Response.json({ code: 'unavailable', status: 503 }, { status: 503 }));
    const { fetch } = service;
    service.fetch = fetch;
    console.outbox.send('c1', 'message', 'Chị ở đâu?');
    bodies.push(console.outbox.list[0]?.id ?? '');
    await clock.advance(10_000);
    expect(service.count('POST /api/cases/c1/messages')).toBe(3);
    expect(console.outbox.list).toMatchObject([{ id: bodies[0], state: 'failed' }]);
    service.answers.delete('POST /api/cases/c1/messages');
    console.outbox.again(console.outbox.list[0] as never);
    await settle();
    expect(console.outbox.list).toMatchObject([{ id: bodies[0], state: 'recorded' }]);
    const entry = anEntry(2, { kind: 'message', message_id: bodies[0] ?? '', text: 'Chị ở đâu?' });
    service.send({ type: 'event', entry, case: aCase({ last_seq: 2 }) });
    await clock.advance(100);
    expect(console.outbox.list).toEqual([]);
  });

  it('does not report a ring that nobody could hear', async () => {
    await second();
    await second();
    expect(console.alarms.sound).toBe('off');
    expect(service.count('POST /api/cases/c1/rang')).toBe(0);
  });

  it('is sent back to the sign-in when its session has ended', async () => {
    service.answers.set('POST /api/cases/c1/claim', () => Response.json({ code: 'not_signed_in', status: 401 }, { status: 401 }));
    await console.commands.claim(aCase());
    expect(console.session.state).toBe('out');
    expect(console.session.ended).toBe(true);
  });

  it('keeps rows in their place while the pointer rests on them', () => {
    console.queue.hold();
    service.send({ type: 'event', entry: anEntry(2), case: aCase({ case_id: 'c0', last_seq: 2, opened_at_ms: NOON - 1 }) });
    expect(console.queue.rows.map((row) => row.id)).toEqual(['c1']);
  });

  it('draws names as text, whatever they contain', () => {
    const name = '<img src=x onerror="alert(1)"><script>alert(2)</script>';
    const target = document.createElement('div');
    const row = mount(RowHarness, { target, props: { console, me: anOfficer(), item: { id: 'c1', summary: aCase({ worker_name: name }) } } });
    expect(target.querySelector('img, script')).toBeNull();
    expect(target.textContent).toContain(name);
    void unmount(row);
  });

  describe('with the database away', () => {
    const told = async (...alerts: ProvisionalAlert[]) => {
      for (const alert of alerts) service.send({ type: 'provisional', alert });
      await clock.advance(100);
    };
    const record = async (seq: number, alert: ProvisionalAlert, case_id = alert.case_id) => {
      const summary = aCase({ case_id, last_seq: seq });
      service.cases.set(case_id, summary);
      service.send({ type: 'event', entry: aRecording(seq, alert), case: summary });
      await clock.advance(100);
    };
    const rows = () => console.queue.rows.map((row) => `${row.id}${row.alert ? ' waits' : ''}${row.gone ? ' gone' : ''}`);

    it('lists and counts what waits first, and says so aloud once', async () => {
      await told(aProvisional(2), aProvisional(1));
      expect(rows()).toEqual(['ca1 waits', 'ca2 waits', 'c1']);
      expect(console.urgent).toBe(3);
      expect(console.queue.counts.unclaimed).toEqual({ real: 3, drills: 0 });
      expect(console.announcement).toContain('chưa ghi sổ');
      console.announcement = '';
      await told(aProvisional(2), aProvisional(1));
      expect(console.announcement).toBe('');
      expect(rows()).toEqual(['ca1 waits', 'ca2 waits', 'c1']);
    });

    it('asks nothing of the service for an alert that has no case', async () => {
      await told(aProvisional(1));
      const before = service.requests.length;
      console.show('ca1');
      await second();
      await second();
      expect(service.requests.slice(before)).toEqual([]);
      expect(console.shown).toBe('ca1');
      expect(console.open.id).toBeNull();
    });

    it('goes through alerts and cases by key alike', async () => {
      await told(aProvisional(1));
      expect(console.queue.neighbour(null, 1)).toBe('ca1');
      console.show('ca1');
      expect(console.queue.neighbour(console.shown, 1)).toBe('c1');
      console.show('c1');
      expect(console.openAlert.alert).toBeNull();
      expect(console.queue.neighbour(console.shown, -1)).toBe('ca1');
    });

    it.each([
      ['ca1', 'SOS đang xem đã được ghi sổ, ca đã mở.'],
      ['another', 'SOS mới: Nguyễn Thị Hương, Đài Loan'],
    ])('opens the case %s by itself once the alert on the screen is recorded there', async (id, said) => {
      await told(aProvisional(1));
      console.show('ca1');
      await record(2, aProvisional(1), id);
      expect(console.openAlert.alert).toBeNull();
      expect(console.open.id).toBe(id);
      expect(console.open.status).toBe('ready');
      expect(console.announcement).toBe(said);
    });

    it('keeps the row in its place under the pointer when the alert is recorded', async () => {
      await told(aProvisional(1), aProvisional(2));
      console.queue.hold();
      await record(2, aProvisional(1));
      await record(3, aProvisional(2), 'another');
      expect(rows()).toEqual(['ca1', 'ca2 waits gone', 'c1']);
      expect(console.queue.waiting.map(({ id }) => id)).toEqual(['another']);
    });

    it('says so when the alert on the screen waits no longer, but not while it is only about to be told again', async () => {
      await told(aProvisional(1));
      console.show('ca1');
      show(aCase());
      await clock.advance(100);
      await second();
      expect(console.openAlert.gone).toBe(false);
      await told(aProvisional(1));
      for (let s = 0; s < 8; s++) await second();
      expect(console.openAlert.gone).toBe(false);
      show(aCase());
      for (let s = 0; s < 8; s++) await second();
      expect(console.openAlert.gone).toBe(true);
    });

    it('shows all that is known, the words of the worker as text, and no button that cannot work', async () => {
      const text = '<img src=x onerror="alert(1)"><b>cứu</b>';
      const position = { fix_id: 'f', lat: 25.05, lon: 121.52, accuracy_m: 12, fix_time_ms: NOON };
      const alert = aProvisional(1, {
        alert: { alert_id: 'a1', kind: 'held', text, position, battery_pct: 9, trigger: 'hold' },
        unverified: 'no_credential',
      });
      await told(alert);
      console.show('ca1');
      const target = document.createElement('div');
      const panel = mount(PanelHarness, { target, props: { console, me: anOfficer() } });
      const said = target.textContent ?? '';
      expect(target.querySelector('img')).toBeNull();
      expect(target.querySelector('[data-testid=alert-text]')?.innerHTML).not.toContain('<b>');
      for (const part of [text, 'CHƯA GHI SỔ', '12:00:01', '25.05000, 121.52000', '12 m', '9%', 'Bị giữ', 'Máy chưa đăng ký', 'Vị trí nằm trong']) {
        expect(said).toContain(part);
      }
      expect(said).toContain('Chưa thể nhận ca hay nhắn tin');
      const buttons = [...target.querySelectorAll('button')].map((b) => b.getAttribute('aria-label') ?? b.textContent?.trim());
      expect(buttons).toEqual(['Đóng khung ca', 'Chép toạ độ']);
      await record(2, alert);
      flushSync();
      expect(target.querySelector('[data-testid=alert-panel]')).toBeNull();
      expect(target.querySelector('.case-panel')?.getAttribute('data-case')).toBe('ca1');
      void unmount(panel);
    });
  });
});
