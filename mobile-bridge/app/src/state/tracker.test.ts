import { expect, it } from 'vitest';
import type { Position } from '../bridge/bridge';
import { intervalS } from '../bridge/fix_rate';
import { ManualClock } from '../testing/manual_clock';
import { Tracker, type GeolocationLike } from './tracker';

class Satellites implements GeolocationLike {
  watching: PositionCallback | null = null;
  denied: PositionErrorCallback | null = null;
  asked = 0;
  ages: (number | undefined)[] = [];
  answers = true;

  constructor(readonly clock: ManualClock) {}

  watchPosition(success: PositionCallback, failure?: PositionErrorCallback | null): number {
    this.watching = success;
    this.denied = failure ?? null;
    return 1;
  }

  clearWatch(): void {
    this.watching = null;
  }

  getCurrentPosition(success: PositionCallback, _failure?: PositionErrorCallback | null, options?: PositionOptions): void {
    this.asked++;
    this.ages.push(options?.maximumAge);
    if (this.answers) success(this.at());
  }

  at(): GeolocationPosition {
    const coords = { latitude: 25, longitude: 121, accuracy: 12, altitude: null, altitudeAccuracy: null, heading: Number.NaN, speed: null };
    return { coords, timestamp: this.clock.now() } as unknown as GeolocationPosition;
  }
}

function setUp(battery: number | null = 80) {
  const clock = new ManualClock();
  const satellites = new Satellites(clock);
  const sent: Position[] = [];
  const send = (position: Position) => {
    sent.push(position);
    return Promise.resolve();
  };
  const tracker = new Tracker({ geolocation: satellites, clock, battery: () => battery, send, changed: () => {} });
  return { clock, satellites, sent, tracker };
}

it('measures before an SOS, and sends nothing of it', () => {
  const { clock, satellites, sent, tracker } = setUp();
  tracker.start();
  expect(tracker.state).toBe('waiting');
  satellites.watching?.(satellites.at());
  clock.advance(600_000);
  expect([tracker.state, tracker.latest?.accuracy_m, tracker.latest?.heading_deg, sent.length]).toEqual(['on', 12, null, 0]);
});

it('sends the first position of an SOS at once, then every 10 s, after 10 minutes each minute', () => {
  const { clock, satellites, sent, tracker } = setUp();
  tracker.follow(clock.now());
  satellites.watching?.(satellites.at());
  expect(sent).toHaveLength(1);
  clock.advance(600_000);
  expect(sent).toHaveLength(61);
  clock.advance(600_000);
  expect(sent).toHaveLength(71);
  tracker.follow(null);
  clock.advance(600_000);
  expect(sent).toHaveLength(71);
});

it('sends what the phone tells by itself when its turn comes, also where asking gets no answer', () => {
  const { clock, satellites, sent, tracker } = setUp();
  satellites.answers = false;
  tracker.follow(clock.now());
  satellites.watching?.(satellites.at());
  clock.advance(12_000);
  satellites.watching?.(satellites.at());
  expect(sent).toHaveLength(1);
  clock.advance(8_000);
  expect([sent.length, satellites.asked]).toEqual([2, 1]);
});

it('answers the desk with a fresh position at once, or with the next one there is', () => {
  const { clock, satellites, sent, tracker } = setUp();
  tracker.locate();
  expect(satellites.asked).toBe(0);
  tracker.follow(clock.now());
  satellites.watching?.(satellites.at());
  clock.advance(3_000);
  tracker.locate();
  expect([sent.length, satellites.ages]).toEqual([2, [0]]);

  satellites.answers = false;
  clock.advance(2_000);
  // Measured, but not due: it is older than the question.
  satellites.watching?.(satellites.at());
  tracker.locate();
  expect(sent).toHaveLength(2);
  clock.advance(1_000);
  satellites.watching?.(satellites.at());
  clock.advance(1_000);
  satellites.watching?.(satellites.at());
  expect(sent).toHaveLength(3);
});

it('does not send again what went out with the press', () => {
  const { clock, satellites, sent, tracker } = setUp();
  tracker.start();
  satellites.watching?.(satellites.at());
  tracker.follow(clock.now(), tracker.latest);
  expect(sent).toHaveLength(0);
});

it('is seldom on a battery that is nearly empty', () => {
  const { clock, sent, tracker } = setUp(14);
  tracker.follow(clock.now());
  clock.advance(600_000);
  expect(sent).toHaveLength(2);
});

it('says that it is paused when the page was in the background, until there is a measurement again', () => {
  const { clock, satellites, sent, tracker } = setUp();
  tracker.follow(clock.now());
  satellites.watching?.(satellites.at());
  tracker.hidden();
  expect([tracker.paused, satellites.watching]).toEqual([true, null]);
  clock.advance(60_000);
  expect(sent).toHaveLength(1);
  tracker.shown();
  expect([tracker.paused, sent.length]).toEqual([false, 2]);
});

it('says when it was forbidden', () => {
  const { satellites, tracker } = setUp();
  tracker.start();
  satellites.denied?.({ code: 1, PERMISSION_DENIED: 1 } as GeolocationPositionError);
  expect(tracker.state).toBe('denied');
});

it('has the rate of the Rust core', () => {
  expect([intervalS(0, 80), intervalS(599, null), intervalS(600, 15), intervalS(0, 14)]).toEqual([10, 10, 60, 300]);
});
