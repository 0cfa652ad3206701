// @vitest-environment happy-dom
import { flushSync } from 'svelte';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { settle } from '../testing/manual_clock';
import { anOfficer } from '../testing/samples';
import { Started } from '../testing/started';

/** A browser's sound that starts when the test says so. */
class SlowSound {
  static last: SlowSound;
  state: AudioContextState = 'suspended';
  currentTime = 0;
  onstatechange: (() => void) | null = null;
  constructor() {
    SlowSound.last = this;
  }
  resume = () => (this.state === 'running' ? Promise.resolve() : new Promise<void>(() => {}));
  close = async () => {};
  become(state: AudioContextState) {
    this.state = state;
    this.onstatechange?.();
  }
}

class SilentNode {
  frequency = {};
  gain = { setValueAtTime() {}, linearRampToValueAtTime() {} };
  connect = () => this;
  start() {}
  stop() {}
}

let desk: Started;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  vi.stubGlobal('AudioContext', SlowSound);
  vi.stubGlobal('OscillatorNode', SilentNode);
  vi.stubGlobal('GainNode', SilentNode);
  desk = new Started(anOfficer({ on_shift_since_ms: null }));
});
afterEach(() => {
  desk.stop();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const START = 'POST /api/shift';

it('begins the shift by the one press when the sound of a busy computer starts late', async () => {
  const gate = desk.gate();
  gate.querySelector<HTMLButtonElement>('.start')?.click();
  await vi.advanceTimersByTimeAsync(2_000);
  await settle();
  flushSync();
  expect(gate.querySelector('[role=alert]')?.textContent).toContain('Trình duyệt không cho phát âm thanh');
  expect(desk.service.count(START)).toBe(0);
  SlowSound.last.become('running');
  flushSync();
  await settle();
  flushSync();
  expect(desk.service.count(START)).toBe(1);
  expect(gate.querySelector('[role=alert]')).toBeNull();
});
