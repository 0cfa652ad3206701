// A drill: a press that is marked as none, along the whole path of a real one. It never touches what is shown of an SOS.
import type { AlertId, Stage } from '@protocol';
import type { Bridge, Position } from '../bridge/bridge';
import { rank } from '../bridge/ladder';
import type { AlertState, Identity } from '../bridge/outbox/types';
import type { LinkState } from '../bridge/machine/types';
import { linesOf, settled, type Facts, type Line } from './drill_lines';
import type { Platform } from './platform';
import type { Setup } from './setup';
import type { TrackerState } from './tracker';

/** What a drill looks at on the phone. */
interface Tested {
  readonly open: boolean;
  readonly link: LinkState;
  readonly identity: Identity | null;
  readonly tracking: TrackerState;
  readonly position: Position | null;
  readonly battery_pct: number | null;
  readonly cancelling: { readonly has_pin: boolean };
}

export interface DrillParts {
  bridge: Bridge;
  platform: Pick<Platform, 'clock' | 'onPush' | 'setup'>;
  /** Asks for the position. */
  track: () => void;
  phone: () => Tested;
  /** The worker wants no sound. */
  silent: () => boolean;
}

/** The highest step that an alert has reached; that it was closed says no more than that it was on record. */
function highest({ history, receipt }: AlertState): Stage | null {
  const steps = [...history, ...(receipt ? [receipt] : [])].map(({ stage }) => (stage === 'closed' ? 'recorded' : stage));
  return steps.reduce<Stage | null>((best, stage) => (best && rank(best) >= rank(stage) ? best : stage), null);
}

export class Drill {
  state = $state<'none' | 'running' | 'over'>('none');
  /** How far the press has got. */
  alert = $state.raw<AlertState | null>(null);
  #saved = $state<boolean | null>(null);
  #setup = $state.raw<Setup | null>(null);
  #notice = $state(false);
  #rang_at = $state<number | null>(null);
  #now = $state(0);
  #began_at = 0;
  /** What had been shown when it ended. */
  #final = $state.raw<Line[] | null>(null);
  #alert_id: AlertId | null = null;
  /** Counts the drills, to know the present one. */
  #run = 0;
  readonly #parts: DrillParts;

  constructor(parts: DrillParts) {
    this.#parts = parts;
    parts.platform.onPush(({ kind, alert_id }) => {
      const mine = alert_id === undefined || alert_id === this.#alert_id;
      if (this.state === 'running' && kind === 'drill' && mine) this.#notice = true;
    });
  }

  get lines(): Line[] {
    return this.#final ?? linesOf(this.#facts());
  }

  /** Not beside an SOS. */
  async begin(): Promise<void> {
    const { bridge, platform, track, phone } = this.#parts;
    if (this.state === 'running' || phone().open) return;
    this.#reset();
    const run = ++this.#run;
    void platform.setup().then((setup) => (this.#setup = setup));
    track();
    const { position, battery_pct } = phone();
    try {
      const { alert_id } = await bridge.press({ drill: true, trigger: 'confirm', position, battery_pct });
      if (run === this.#run) this.#saved = true;
      if (run === this.#run) this.#alert_id = alert_id;
      // A real press came in between, or the worker left.
      if (run !== this.#run || this.#ended()) await bridge.cancel(alert_id);
      await this.read();
    } catch {
      if (run === this.#run) this.#saved = false;
    }
  }

  /** The service ends a drill when it is taken back; no PIN is asked for. */
  async end(): Promise<void> {
    if (this.state !== 'running') return;
    this.#final = linesOf({ ...this.#facts(), over: true });
    this.state = 'over';
    // Where the disk refuses it, the next start of the app ends it.
    if (this.#alert_id) await this.#parts.bridge.cancel(this.#alert_id).catch(() => {});
    await this.read();
  }

  /** Back to the beginning, after the summary. */
  leave(): void {
    void this.end();
    this.state = 'none';
  }

  tick(): void {
    if (this.state !== 'running') return;
    this.#now = this.#parts.platform.clock.steady();
    if (settled(this.lines)) void this.end();
  }

  async read(): Promise<void> {
    if (!this.#alert_id) return;
    this.alert = await this.#parts.bridge.alertState(this.#alert_id).catch(() => this.alert);
    const stage = this.alert && highest(this.alert);
    if (stage && rank(stage) >= rank('rang')) this.#rang_at ??= this.#parts.platform.clock.steady();
    this.tick();
  }

  #ended(): boolean {
    return this.state !== 'running';
  }

  #reset(): void {
    this.#began_at = this.#now = this.#parts.platform.clock.steady();
    this.#alert_id = null;
    this.#saved = this.#setup = this.#rang_at = this.#final = this.alert = null;
    this.#notice = false;
    this.state = 'running';
  }

  #facts(): Facts {
    const { link, identity, tracking, position, battery_pct, cancelling } = this.#parts.phone();
    return {
      since_ms: this.#now - this.#began_at,
      since_rang_ms: this.#rang_at === null ? null : this.#now - this.#rang_at,
      over: false,
      saved: this.#saved,
      online: link.link === 'online',
      enrolled: identity !== null,
      stage: this.alert && highest(this.alert),
      tracking,
      has_position: position !== null,
      notice: this.#notice,
      battery_pct,
      has_pin: cancelling.has_pin,
      silent: this.#parts.silent(),
      setup: this.#setup,
    };
  }
}
