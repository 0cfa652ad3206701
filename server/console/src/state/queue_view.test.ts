// @vitest-environment happy-dom
// Rows of presses again: nameless until they are recorded, and then no rows of their own.
import { flushSync, mount, unmount } from 'svelte';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { aCase, anEntry, aProvisional, NOON } from '../testing/samples';
import ShiftHarness from '../testing/ShiftHarness.svelte';
import { Started } from '../testing/started';

let desk: Started;
beforeEach(() => (desk = new Started()));
afterEach(() => desk.stop());

const cases = ['c1', 'c2', 'c3'].map((case_id, n) => aCase({ case_id, opened_at_ms: NOON + n }));
const ids = () => desk.console.queue.rows.map(({ id }) => id);
const gone = () => desk.console.queue.rows.filter((row) => row.gone).map(({ id }) => id);

/** Two alerts wait at the top, the pointer rests, and the first turns out to be a press again of the case `c2`. */
async function pressedAgain(): Promise<void> {
  await desk.connect(...cases);
  for (const n of [1, 2]) desk.service.send({ type: 'provisional', alert: aProvisional(n) });
  await desk.clock.advance(100);
  desk.console.queue.hold();
  expect(ids()).toEqual(['ca1', 'ca2', 'c1', 'c2', 'c3']);
  const again = anEntry(2, { kind: 'pressed_again', alert: { alert_id: 'a1' }, received_at_ms: NOON });
  await desk.hear(again, aCase({ case_id: 'c2', opened_at_ms: NOON + 1, presses: 2, last_seq: 2 }));
}

it('goes from the list when the pointer is over it or over what lies above it', async () => {
  await pressedAgain();
  expect(gone()).toEqual(['ca1']);
  desk.console.queue.closeUp('ca1');
  expect(ids()).toEqual(['ca2', 'c1', 'c2', 'c3']);
  expect(gone()).toEqual([]);
});

it('stays above a live row under the pointer, which would move', async () => {
  await pressedAgain();
  desk.console.queue.closeUp('c2');
  expect(ids()).toEqual(['ca1', 'ca2', 'c1', 'c2', 'c3']);
  desk.console.queue.release();
  expect(ids()).toEqual(['ca2', 'c1', 'c2', 'c3']);
});

it('leaves a row that is only out of sight: nothing else on the list stands for it', async () => {
  await pressedAgain();
  await desk.hear(anEntry(3), aCase({ case_id: 'c1', state: 'closed', last_seq: 3 }));
  await desk.hear(anEntry(4, { kind: 'opened', alert: { alert_id: 'a2' }, received_at_ms: NOON } as never), aCase({ case_id: 'ca2', last_seq: 4 }));
  desk.console.queue.closeUp('ca1');
  expect(ids()).toEqual(['ca2', 'c1', 'c2', 'c3']);
});

it('closes up in the list as it is drawn, with the pointer on the row that went', async () => {
  await pressedAgain();
  const harness = mount(ShiftHarness, { target: desk.target, props: { console: desk.console, me: desk.me, part: 'queue' } });
  flushSync();
  const drawn = () => [...desk.target.querySelectorAll<HTMLElement>('button.row')].map((row) => row.dataset.case);
  expect(drawn()).toEqual(['ca1', 'ca2', 'c1', 'c2', 'c3']);
  const move = new PointerEvent('pointermove', { bubbles: true, clientY: 10 });
  desk.target.querySelector('.queue-panel ul')?.dispatchEvent(move);
  flushSync();
  expect(drawn()).toEqual(['ca2', 'c1', 'c2', 'c3']);
  await unmount(harness);
});
