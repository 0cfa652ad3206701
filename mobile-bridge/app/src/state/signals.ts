// Sound, vibration, the voice and the screen's light: what the phone can do besides showing.
import type { Stage } from '@protocol';

/** Tones of a step, as [hertz, start, length] in seconds. Short and low: the phone may be hidden. */
const TONES: Partial<Record<Stage | 'pressed', [number, number, number][]>> = {
  pressed: [[660, 0, 0.12]],
  received: [
    [660, 0, 0.12],
    [880, 0.16, 0.12],
  ],
  claimed: [
    [660, 0, 0.12],
    [880, 0.16, 0.12],
    [1100, 0.32, 0.2],
  ],
};
const VOLUME = 0.15;

let context: AudioContext | null = null;

/** To be called in a gesture: browsers let no sound start otherwise. */
export function armSound(): void {
  try {
    context ??= new AudioContext();
    void context.resume();
  } catch {
    // A phone without sound.
  }
}

export function play(step: Stage | 'pressed'): void {
  for (const [hertz, start, length] of TONES[step] ?? []) {
    if (!context || context.state !== 'running') return;
    const gain = context.createGain();
    const tone = context.createOscillator();
    gain.gain.value = VOLUME;
    tone.frequency.value = hertz;
    tone.connect(gain).connect(context.destination);
    tone.start(context.currentTime + start);
    tone.stop(context.currentTime + start + length);
  }
}

export function vibrate(pattern: number | number[]): void {
  // Not there on iOS.
  navigator.vibrate?.(pattern);
}

/** Reads `text` aloud; false where the phone has no voice. */
export function speak(text: string, language: string): boolean {
  const { speechSynthesis } = window;
  if (!speechSynthesis) return false;
  speechSynthesis.cancel();
  const words = new SpeechSynthesisUtterance(text);
  words.lang = language;
  words.rate = 0.9;
  speechSynthesis.speak(words);
  return true;
}

export function canSpeak(): boolean {
  return 'speechSynthesis' in window;
}

interface BatteryManager extends EventTarget {
  level: number;
}

/** The charge, 0 to 100, now and whenever it changes; never called where the phone does not tell. */
export async function watchBattery(tell: (percent: number) => void): Promise<void> {
  const asks = navigator as Navigator & { getBattery?: () => Promise<BatteryManager> };
  const battery = await asks.getBattery?.().catch(() => null);
  if (!battery) return;
  const say = () => tell(Math.round(battery.level * 100));
  battery.addEventListener('levelchange', say);
  say();
}

/** Keeps the screen on while an SOS is open; the browser lets go of it whenever the page is hidden. */
export class ScreenLight {
  #lock: WakeLockSentinel | null = null;
  #wanted = false;

  want(wanted: boolean): void {
    this.#wanted = wanted;
    void this.renew();
  }

  async renew(): Promise<void> {
    if (!this.#wanted) {
      await this.#lock?.release().catch(() => {});
      this.#lock = null;
      return;
    }
    if (document.visibilityState !== 'visible' || (this.#lock && !this.#lock.released)) return;
    this.#lock = (await navigator.wakeLock?.request('screen').catch(() => null)) ?? null;
  }
}
