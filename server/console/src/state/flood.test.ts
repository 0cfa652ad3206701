// @vitest-environment happy-dom
// Five hundred open cases, five thousand fixes, fifty events a second: what is done for each stays small.
import type { CaseSummary, FeedFrame } from '@protocol';
import { flushSync, mount, unmount } from 'svelte';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { settle } from '../testing/manual_clock';
import { aCase, aFix, anEntry, NOON } from '../testing/samples';
import ShiftHarness from '../testing/ShiftHarness.svelte';
import { Started } from '../testing/started';

const CASES = 500;
const FIXES = 5_000;
/** Rows in the page, at most: those in sight and a few to spare. */
const ROWS_MAX = 40;

let desk: Started;
beforeEach(() => (desk = new Started()));
afterEach(() => desk.stop());

const id = (n: number) => `c${String(n).padStart(3, '0')}`;
const open = (n: number, change: Partial<CaseSummary> = {}) =>
  aCase({
    case_id: id(n),
    case_no: id(n),
    opened_at_ms: NOON + n,
    employer: `Công ty ${n % 9}`,
    position: aFix({ fix_id: `f${n}`, lat: 25 + (n % 40) / 500, lon: 121 + (n % 23) / 500 }),
    ...change,
  });

function event(seq: number): FeedFrame {
  const n = seq % CASES;
  return { type: 'event', entry: anEntry(seq, { kind: 'note', note_id: `n${seq}`, text: 'x' }), case: open(n, { last_seq: seq, unread: seq }) };
}

function positions(n: number, round: number): FeedFrame {
  const fixes = Array.from({ length: FIXES / CASES }, (_, i) => {
    const at = NOON + round * 1000 + i;
    return aFix({ fix_id: `f${n}/${round}/${i}`, lat: 25.01, fix_time_ms: at, server_time_ms: at });
  });
  return { type: 'positions', case_id: id(n), fixes };
}

async function start() {
  await desk.connect(...Array.from({ length: CASES }, (_, n) => open(n)));
  const harness = mount(ShiftHarness, { target: desk.target, props: { console: desk.console, me: desk.me, part: 'queue' } });
  flushSync();
  return harness;
}

it('draws only the rows in sight, and says how many there are and which these are', async () => {
  const harness = await start();
  const rows = [...desk.target.querySelectorAll('li[aria-posinset]')];
  expect(rows.length).toBeGreaterThan(5);
  expect(rows.length).toBeLessThanOrEqual(ROWS_MAX);
  expect(rows[0]?.getAttribute('aria-setsize')).toBe(String(CASES));
  expect(rows.map((row) => row.getAttribute('aria-posinset'))).toEqual(rows.map((_, i) => String(i + 1)));
  await unmount(harness);
});

it('takes fifty events together, at most twenty times a second, and ends with all of them', async () => {
  const harness = await start();
  const states = new Set<object>();
  for (let second = 0; second < 4; second++) {
    for (let i = 0; i < 50; i++) {
      desk.service.send(event(2 + second * 50 + i));
      await desk.clock.advance(20);
      states.add(desk.console.feed.state);
    }
    flushSync();
  }
  await desk.clock.advance(100);
  flushSync();
  expect(states.size).toBeGreaterThan(10);
  expect(states.size).toBeLessThanOrEqual(4 * 20 + 2);
  expect(desk.console.feed.state.applied).toBe(201);
  await unmount(harness);
});

it('keeps every row where it is under the pointer, and lets new ones wait', async () => {
  const harness = await start();
  desk.console.queue.hold();
  const before = desk.console.queue.rows.map((row) => row.id);
  for (let seq = 2; seq < 100; seq++) desk.service.send(event(seq));
  desk.service.send({ type: 'event', entry: anEntry(200), case: open(900, { last_seq: 200 }) });
  desk.service.send({ type: 'event', entry: anEntry(201), case: open(3, { last_seq: 201, state: 'claimed' }) });
  await desk.clock.advance(100);
  flushSync();
  expect(desk.console.queue.rows.map((row) => row.id)).toEqual(before);
  expect(desk.console.queue.waiting.map((row) => row.id)).toEqual([id(900)]);
  expect(text(desk.find('waiting'))).toContain('1 ca mới ↑');
  await unmount(harness);
});

it('takes five thousand fixes and goes on by key to the next case meanwhile', async () => {
  const harness = await start();
  desk.console.show(id(0));
  for (let n = 0; n < CASES; n++) desk.service.send(positions(n, 1));
  await desk.clock.advance(100);
  flushSync();
  expect(desk.console.feed.case(id(499))?.position?.lat).toBe(25.01);
  expect(desk.console.queue.neighbour(id(0), 1)).toBe(id(1));
  await settle();
  await unmount(harness);
});

const text = (element: Element | null) => element?.textContent?.replace(/\s+/g, ' ') ?? '';
