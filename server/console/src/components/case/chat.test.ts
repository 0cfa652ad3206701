// @vitest-environment happy-dom
import { flushSync } from 'svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { TimelineEntry } from '@protocol';
import { aCase, anEntry, NOON } from '../../testing/samples';
import { Started } from '../../testing/started';

let visible_px = 300;
const LINE_PX = 100;
let desk: Started;
/** Says that the window for the conversation has another height. */
let resized: () => void = () => {};
vi.stubGlobal(
  'ResizeObserver',
  class {
    constructor(readonly heard: (entries: object[]) => void) {}
    observe(target: Element) {
      resized = () => this.heard([{ target }]);
    }
    unobserve() {}
    disconnect() {}
  },
);
beforeEach(() => (desk = new Started()));
afterEach(() => desk.stop());

const mine = { staff_id: 's1', name: 'Minh', since_ms: NOON };
const claimed = (last_seq: number) => aCase({ state: 'claimed', ringing: false, owner: mine, last_seq });
const said = (seq: number): TimelineEntry => ({
  ...anEntry(seq, { kind: 'message', message_id: `m${seq}`, text: `câu ${seq}` }),
  actor: { role: 'worker' },
});

/** The conversation of a case with ten messages, as high as its lines. */
async function conversation(): Promise<HTMLElement> {
  const heights = { clientHeight: () => visible_px, scrollHeight: (log: Element) => log.querySelectorAll('article').length * LINE_PX };
  for (const [name, of] of Object.entries(heights)) {
    Object.defineProperty(HTMLElement.prototype, name, { configurable: true, get: function (this: Element) { return of(this); } });
  }
  await desk.open(claimed(10), { timeline: Array.from({ length: 10 }, (_, i) => said(i + 1)) });
  return desk.target.querySelector('[role=log]') as HTMLElement;
}

function scrollTo(log: HTMLElement, top: number) {
  log.scrollTop = top;
  log.dispatchEvent(new Event('scroll'));
  flushSync();
}

const below = () => desk.find('new-below');

afterEach(() => {
  for (const name of ['clientHeight', 'scrollHeight'] as const) delete (HTMLElement.prototype as Partial<Record<typeof name, unknown>>)[name];
});

describe('the conversation', () => {
  it('is at its end when the case is opened, and follows what comes', async () => {
    const log = await conversation();
    expect(log.scrollTop).toBe(10 * LINE_PX);
    await desk.hear(said(11), claimed(11));
    expect(log.scrollTop).toBe(11 * LINE_PX);
    expect(below()).toBeNull();
  });

  it('stays where it is when something else happens in the case', async () => {
    const log = await conversation();
    // Still near the end, but not on it.
    scrollTo(log, 650);
    await desk.hear(anEntry(11, { kind: 'delivered', message_ids: ['m1'] }), claimed(11));
    await desk.hear(anEntry(12, { kind: 'tagged', tags: ['bệnh viện'] }), claimed(12));
    expect(log.scrollTop).toBe(650);
  });

  it('says that there is more below to who reads what was said earlier, and leads there', async () => {
    const log = await conversation();
    scrollTo(log, 100);
    await desk.hear(said(11), claimed(11));
    expect(log.scrollTop).toBe(100);
    expect(below()?.textContent).toContain('1 tin mới ở dưới');
    await desk.hear(said(12), claimed(12));
    expect(below()?.textContent).toContain('2 tin mới ở dưới');
    await desk.click(below());
    expect(log.scrollTop).toBe(12 * LINE_PX);
    expect(below()).toBeNull();
    expect(document.activeElement).toBe(log);
  });

  it('stays at its end when something above takes of its room, and only there', async () => {
    const log = await conversation();
    const takes = (px: number) => {
      visible_px = px;
      resized();
      flushSync();
    };
    log.scrollTop = 700;
    takes(200);
    expect(log.scrollTop).toBe(10 * LINE_PX);
    scrollTo(log, 100);
    takes(150);
    expect(log.scrollTop).toBe(100);
    visible_px = 300;
  });

  it('says nothing of it any more to who scrolls there', async () => {
    const log = await conversation();
    scrollTo(log, 100);
    await desk.hear(said(11), claimed(11));
    scrollTo(log, 800);
    expect(below()).toBeNull();
  });

  it('goes to the end with what the officer writes', async () => {
    const log = await conversation();
    scrollTo(log, 100);
    desk.console.outbox.send('c1', 'message', 'Em ở đâu?');
    flushSync();
    expect(log.scrollTop).toBe(11 * LINE_PX);
  });
});
