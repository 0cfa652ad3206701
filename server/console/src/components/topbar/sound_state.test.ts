// @vitest-environment happy-dom
import { flushSync } from 'svelte';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { aCase } from '../../testing/samples';
import { Started } from '../../testing/started';

let desk: Started;
beforeEach(() => (desk = new Started()));
afterEach(() => desk.stop());

const status = () => desk.target.querySelector('[role=status]')?.textContent?.trim();

async function second() {
  await desk.clock.advance(1_000);
  desk.console.tick();
  flushSync();
}

it('says once that the alarm is muted, and once that it is not any more', async () => {
  await desk.connect(aCase());
  desk.console.alarms.sound = 'running';
  desk.sound();
  desk.console.alarms.wanted = 'p1';
  desk.console.alarms.mute();
  flushSync();
  const muted = desk.find('sound');
  expect(muted?.dataset.sound).toBe('muted');
  expect(muted?.getAttribute('role')).toBeNull();
  expect(status()).toBe('Chuông tạm tắt 60 giây. SOS mới vẫn reo.');
  const seen = new Set<string | undefined>();
  const numbers = new Set<string | undefined>();
  for (let s = 0; s < 5; s += 1) {
    await second();
    desk.console.alarms.sound = 'running';
    flushSync();
    seen.add(status());
    numbers.add(desk.find('sound')?.querySelector('span[aria-hidden=true]')?.textContent ?? undefined);
  }
  expect(seen.size).toBe(1);
  expect(numbers.size).toBe(5);
  desk.console.alarms.mutedUntil = 0;
  flushSync();
  expect(status()).toBe('Chuông đã bật lại.');
});

it('does not say that it rings again when it was turned off', async () => {
  await desk.connect(aCase());
  desk.console.alarms.sound = 'running';
  desk.sound();
  desk.console.alarms.wanted = 'p1';
  desk.console.alarms.mute();
  flushSync();
  desk.console.alarms.sound = 'suspended';
  desk.console.alarms.mutedUntil = 0;
  flushSync();
  expect(status()).toBe('');
});
