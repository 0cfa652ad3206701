import type { Sound } from './plan';
import { PATTERNS, type Tone } from './tones';

/** Whether the console can be heard. `off`: not armed in this page yet. */
export type SoundState = 'off' | 'running' | 'suspended';

/** A browser that keeps its sound from starting for longer than this has refused it, in milliseconds. */
const ARM_TIMEOUT_MS = 2_000;
const LOUDNESS = 0.5;
/** Rise and fall of a pulse; without them it clicks. */
const EDGE_S = 0.012;

/** Plays patterns through Web Audio. */
export class AlarmPlayer {
  #context: AudioContext | null = null;
  #playing: OscillatorNode[] = [];
  #heardTime = -1;
  onChange: () => void = () => {};

  get state(): SoundState {
    if (!this.#context) return 'off';
    return this.#context.state === 'running' ? 'running' : 'suspended';
  }

  /** Must be called from a click or key press: browsers start no sound before one. */
  async arm(): Promise<SoundState> {
    if (!this.#context) {
      this.#context = new AudioContext({ latencyHint: 'interactive' });
      this.#context.onstatechange = () => this.onChange();
    }
    const giveUp = new Promise((done) => setTimeout(done, ARM_TIMEOUT_MS));
    await Promise.race([this.#context.resume().catch(() => {}), giveUp]);
    this.onChange();
    return this.state;
  }

  async disarm(): Promise<void> {
    const context = this.#context;
    this.#context = null;
    this.#playing = [];
    if (context) {
      context.onstatechange = null;
      await context.close().catch(() => {});
    }
    this.onChange();
  }

  /** Whether its clock has moved since the last call: a context may say `running` while its device is gone. */
  advances(): boolean {
    const time = this.#context?.currentTime ?? -1;
    const moved = time > this.#heardTime;
    this.#heardTime = time;
    return moved;
  }

  /** Starts a pattern, in place of one that is still sounding. False when nothing can be heard. */
  play(sound: Sound | 'test'): boolean {
    const context = this.#context;
    if (!context || context.state !== 'running') return false;
    this.hush();
    this.#playing = PATTERNS[sound].map((tone) => startTone(context, tone));
    return true;
  }

  /** Stops what is sounding. */
  hush(): void {
    for (const oscillator of this.#playing) {
      try {
        oscillator.stop();
      } catch {
        // It had stopped by itself.
      }
    }
    this.#playing = [];
  }
}

function startTone(context: AudioContext, tone: Tone): OscillatorNode {
  const start = context.currentTime + tone.at_ms / 1000;
  const end = start + tone.length_ms / 1000;
  const oscillator = new OscillatorNode(context, { type: 'triangle', frequency: tone.frequency_hz });
  const gain = new GainNode(context, { gain: 0 });
  const loudness = LOUDNESS * (tone.loudness ?? 1);
  gain.gain.setValueAtTime(0, start);
  gain.gain.linearRampToValueAtTime(loudness, start + EDGE_S);
  gain.gain.setValueAtTime(loudness, end - EDGE_S);
  gain.gain.linearRampToValueAtTime(0, end);
  oscillator.connect(gain).connect(context.destination);
  oscillator.start(start);
  oscillator.stop(end);
  return oscillator;
}
