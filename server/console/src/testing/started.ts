import type { CaseDetail, CaseSummary, Me, TimelineEntry } from '@protocol';
import { flushSync, mount, unmount } from 'svelte';
import { Console } from '../state/console.svelte';
import { ManualClock, settle } from './manual_clock';
import GateHarness from './GateHarness.svelte';
import PanelHarness from './PanelHarness.svelte';
import RowHarness from './RowHarness.svelte';
import SoundHarness from './SoundHarness.svelte';
import { anOfficer, NOON } from './samples';
import { Service } from './service';

/** A console that is signed in and connected to a service of its own, at noon. */
export class Started {
  readonly service = new Service();
  readonly clock = new ManualClock(NOON);
  readonly target = document.createElement('div');
  readonly console: Console;
  #mounted: object[] = [];

  constructor(readonly me: Me = anOfficer()) {
    this.console = new Console({
      fetch: this.service.fetch,
      clock: this.clock,
      random: () => 0.5,
      openSocket: this.service.openSocket,
      isVisible: () => true,
      storage: null,
    });
    document.body.append(this.target);
  }

  async connect(...cases: CaseSummary[]): Promise<void> {
    await this.console.session.look();
    this.console.feed.start();
    await settle();
    this.service.socket?.onopen?.();
    for (const summary of cases) this.service.cases.set(summary.case_id, summary);
    this.service.send({ type: 'snapshot', more: false, cases, head_seq: 1, server_time_ms: NOON });
    await settle();
  }

  /** Opens the case and draws its panel. */
  async open(summary: CaseSummary, detail: Partial<CaseDetail> = {}): Promise<HTMLElement> {
    this.service.details.set(summary.case_id, detail);
    await this.connect(summary);
    this.console.show(summary.case_id);
    await settle();
    return this.draw();
  }

  draw(): HTMLElement {
    this.#mounted.push(mount(PanelHarness, { target: this.target, props: { console: this.console, me: this.me } }));
    flushSync();
    return this.target;
  }

  row(summary: CaseSummary): HTMLElement {
    const item = { id: summary.case_id, summary };
    this.#mounted.push(mount(RowHarness, { target: this.target, props: { console: this.console, me: this.me, item } }));
    flushSync();
    return this.target;
  }

  /** What the top of the page says of the sound. */
  sound(): HTMLElement {
    this.#mounted.push(mount(SoundHarness, { target: this.target, props: { console: this.console, me: this.me } }));
    flushSync();
    return this.target;
  }

  /** What stands before the console until the shift has begun. */
  gate(): HTMLElement {
    this.#mounted.push(mount(GateHarness, { target: this.target, props: { console: this.console, me: this.me } }));
    flushSync();
    return this.target;
  }

  async hear(entry: TimelineEntry, summary: CaseSummary): Promise<void> {
    this.service.send({ type: 'event', entry, case: summary });
    await this.clock.advance(100);
    flushSync();
  }

  find<E extends HTMLElement = HTMLElement>(testid: string): E | null {
    return document.querySelector<E>(`[data-testid="${testid}"]`);
  }

  async click(target: HTMLElement | null | undefined): Promise<void> {
    target?.click();
    await settle();
    flushSync();
  }

  stop(): void {
    for (const component of this.#mounted) void unmount(component);
    this.console.feed.stop();
    this.target.remove();
  }
}
