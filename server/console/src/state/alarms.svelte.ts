import type { Api } from '../lib/api';
import { isPassing } from '../lib/http/problem';
import {
  muteAlarm,
  planAlarm,
  quietAlarm,
  unheard,
  type AlarmInput,
  type AlarmMemory,
  type AlarmPlan,
  type Ring,
} from '../lib/alarm/plan';
import type { AlarmPlayer, SoundState } from '../lib/alarm/player';
import type { Clock } from '../lib/time/clock';
import { forEachLimited } from '../lib/time/limited';
import { retry, type RetryPolicy } from '../lib/time/retry';

/** The service learns that it rang, or the worker would be told less than is true; but it is not asked for ever. */
const REPORT: RetryPolicy = { attempts_max: 4, base_ms: 500, max_ms: 4_000, worthwhile: isPassing };
/** Reports under way at once: a flood of them must not stand in front of an officer's claim. */
const REPORTS_AT_ONCE = 3;
/** Rings whose report is remembered; older ones are long answered. */
const REPORTED_MAX = 5_000;

export interface AlarmDeps {
  api: Api;
  clock: Clock;
  random: () => number;
  player: AlarmPlayer;
  /** What there is to ring for at this moment. */
  input: () => AlarmInput;
  /** Waits until what is known is on the screen. */
  drawn: () => Promise<void>;
  onFresh: (fresh: Ring[], grouped: boolean) => void;
}

/** The sound of the console, and the report that it rang. */
export class Alarms {
  sound = $state<SoundState>('off');
  mutedUntil = $state(0);
  grouped = $state(false);
  wanted = $state.raw<AlarmPlan['wanted']>(null);

  /** So much rings that it is shown as one. */
  readonly flooded: boolean = $derived(this.grouped && this.wanted !== null);

  readonly #deps: AlarmDeps;
  #memory: AlarmMemory = quietAlarm;
  #reported = new Set<string>();

  constructor(deps: AlarmDeps) {
    this.#deps = deps;
    deps.player.onChange = () => {
      this.sound = deps.player.state;
    };
  }

  /** To be called from a click or key press. Plays the test tone. */
  async arm(): Promise<SoundState> {
    const state = await this.#deps.player.arm();
    if (state === 'running') this.#deps.player.play('test');
    return state;
  }

  async disarm(): Promise<void> {
    this.#deps.player.hush();
    await this.#deps.player.disarm();
    this.#memory = quietAlarm;
    this.#reported.clear();
    this.mutedUntil = 0;
  }

  testTone(): void {
    this.#deps.player.play('test');
  }

  mute(): void {
    if (!this.wanted) return;
    this.#memory = muteAlarm(this.#memory, this.#deps.input());
    this.mutedUntil = this.#memory.mutedUntil;
    this.#deps.player.hush();
  }

  /** Once a second: a context that says it runs but stands still is as good as off. */
  tick(): void {
    const { player } = this.#deps;
    const advances = player.advances();
    this.sound = player.state === 'running' && !advances ? 'suspended' : player.state;
    this.look();
  }

  /** Looks at what there is to ring for, and rings. */
  look(): void {
    const input = this.#deps.input();
    const { memory, plan } = planAlarm(this.#memory, input);
    this.grouped = plan.grouped;
    if (plan.fresh.length > 0) this.#deps.onFresh(plan.fresh, plan.grouped);
    if (!plan.muted) this.mutedUntil = 0;
    if (!plan.wanted && this.wanted) this.#deps.player.hush();
    this.wanted = plan.wanted;
    const sounded = plan.play !== null && this.#deps.player.play(plan.play);
    this.#memory = plan.play && !sounded ? unheard(this.#memory, memory) : memory;
    const realSounded = sounded && plan.play !== 'drill';
    void this.#reportRang(input.rings.filter(({ drill, key }) => (drill ? this.#memory.drillsHeard.has(key) : realSounded)));
  }

  async #reportRang(rings: readonly Ring[]): Promise<void> {
    const news = rings.filter((ring) => ring.alertId === undefined && !this.#reported.has(ring.key));
    if (news.length === 0) return;
    if (this.#reported.size > REPORTED_MAX) this.#reported.clear();
    for (const ring of news) this.#reported.add(ring.key);
    await this.#deps.drawn();
    await forEachLimited(news, REPORTS_AT_ONCE, (ring) => this.#report(ring));
  }

  async #report({ key, caseId, drill, told }: Ring): Promise<void> {
    const { api, clock, random } = this.#deps;
    try {
      await retry<unknown>(() => (told ? api.told(caseId) : api.rang(caseId)), REPORT, clock, random);
    } catch (error) {
      // Reported again with the next round of the sound; that of a drill comes once, and a refusal to be told stands.
      if (!drill && (!told || isPassing(error))) this.#reported.delete(key);
    }
  }
}
