import { expect, it } from 'vitest';
import type { ErrorCode } from '@protocol';
import { numbered, seeded } from '../../testing/phone';
import { PART_BYTES_FIRST, PART_BYTES_MIN, UploadMachine, type Answer, type Input, type Output, type View } from './machine';

const ID = numbered(1);
const BYTES = 300_000;

/** The machine and a service that has taken so much; time is moved by hand. */
class World {
  readonly machine = new UploadMachine(seeded(3));
  view: View = { blocked: false, next: { attachment_id: ID, bytes: BYTES } };
  now = 1_000;

  on(input: Input = { kind: 'tick' }): Output[] {
    return this.machine.handle(this.now, input, this.view);
  }

  /** The call of `outputs` ends after `ms`; what the machine does next, after what it keeps is kept. */
  ends(outputs: Output[], answer: Answer, ms = 100): Output[] {
    this.now += ms;
    const [call] = outputs;
    if (call?.kind !== 'begin' && call?.kind !== 'put') throw new Error(`no call: ${call?.kind}`);
    const kept = this.on({ kind: 'answered', n: call.n, answer });
    return [...kept, ...this.on()];
  }

  /** Goes to the machine's next wish. */
  wakes(): { waited_ms: number; outputs: Output[] } {
    const at = this.machine.wakeAt(this.view) ?? Number.NaN;
    const waited_ms = at - this.now;
    this.now = at;
    return { waited_ms, outputs: this.on() };
  }
}

const has = (received_bytes: number): Answer => ({ state: { attachment_id: ID, received_bytes, complete: received_bytes === BYTES } });
const refusal = (code: ErrorCode | null): Answer => ({ code });
const calls = (outputs: Output[]) => outputs.filter(({ kind }) => kind === 'begin' || kind === 'put');
const part = (outputs: Output[]) => outputs.flatMap((output) => (output.kind === 'put' ? [[output.offset, output.bytes]] : []));

it('begins, then sends parts that grow while they are quick, and says when it is whole', () => {
  const world = new World();
  let outputs = world.on();
  expect(outputs).toMatchObject([{ kind: 'begin', attachment_id: ID }]);
  outputs = world.ends(outputs, has(0));
  const sizes: number[] = [];
  for (let at = 0; at < BYTES; ) {
    const [[offset, bytes] = [Number.NaN, Number.NaN]] = part(outputs);
    expect(offset).toBe(at);
    sizes.push(bytes as number);
    at += bytes as number;
    outputs = world.ends(calls(outputs), has(at));
  }
  expect(sizes.map((bytes) => bytes / 1024)).toEqual([16, 32, 64, 64, 64, expect.any(Number)]);
  expect(outputs).toContainEqual({ kind: 'received', attachment_id: ID, received_bytes: BYTES, complete: true });
});

it('keeps parts small on a slow network', () => {
  const world = new World();
  let outputs = world.ends(world.on(), has(0));
  outputs = world.ends(outputs.slice(-1), has(PART_BYTES_FIRST), 3_000);
  expect(part(outputs)).toEqual([[PART_BYTES_FIRST, PART_BYTES_FIRST]]);
});

it('sends still smaller parts where none gets through', () => {
  const world = new World();
  let outputs = world.ends(world.on(), has(0));
  const sizes: number[] = [];
  for (let i = 0; i < 4; i++) {
    world.ends(outputs.slice(-1), refusal(null), 15_000);
    outputs = world.wakes().outputs;
    sizes.push(part(outputs)[0]?.[1] ?? 0);
  }
  expect(sizes).toEqual([PART_BYTES_FIRST / 2, PART_BYTES_MIN, PART_BYTES_MIN, PART_BYTES_MIN]);
});

it('goes on from where the service says that it is', () => {
  const world = new World();
  let outputs = world.ends(world.on(), has(70_000));
  expect(part(outputs)[0]?.[0]).toBe(70_000);
  // An answer was lost on the way: the part is there already.
  outputs = world.ends(outputs.slice(-1), has(200_000));
  expect(part(outputs)[0]?.[0]).toBe(200_000);
  // Or the service has less than it said: from there, and not in a storm.
  outputs = world.ends(outputs.slice(-1), has(10));
  expect(part(outputs)).toEqual([]);
  expect(part(world.wakes().outputs)[0]?.[0]).toBe(10);
});

it.each(['not_yet_recorded', 'unavailable', 'rate_limited', 'internal', 'credential_expired', null] as const)('tries again later after %s', (code) => {
  const world = new World();
  let outputs = world.on();
  let waited = 0;
  for (let i = 0; i < 12; i++) {
    outputs = world.ends(outputs, refusal(code));
    expect(outputs).toEqual([]);
    const woken = world.wakes();
    waited = Math.max(waited, woken.waited_ms);
    outputs = woken.outputs;
    expect(outputs).toMatchObject([{ kind: 'begin' }]);
  }
  expect(waited).toBeGreaterThan(2_000);
  expect(waited).toBeLessThanOrEqual(30_000);
});

it.each(['content_refused', 'too_large', 'too_many', 'not_found'] as const)('gives up after %s', (code) => {
  const world = new World();
  const outputs = world.ends(world.on(), has(0));
  world.now += 100;
  const [call] = calls(outputs);
  const n = call && 'n' in call ? call.n : 0;
  expect(world.on({ kind: 'answered', n, answer: refusal(code) })).toEqual([{ kind: 'refused', attachment_id: ID, code }]);
  world.view = { blocked: false, next: { attachment_id: numbered(2), bytes: 5 } };
  expect(world.on()).toMatchObject([{ kind: 'begin', attachment_id: numbered(2) }]);
});

it('an SOS goes before it: the call is given up, and nothing is sent until it is out', () => {
  const world = new World();
  const begun = world.on();
  world.view = { ...world.view, blocked: true };
  expect(world.on()).toEqual([{ kind: 'call_off' }]);
  expect([world.on(), world.on({ kind: 'nudged' }), world.machine.wakeAt(world.view)]).toEqual([[], [], null]);
  world.view = { ...world.view, blocked: false };
  const again = world.on();
  expect(again).toMatchObject([{ kind: 'begin' }]);
  // The answer to the call that was given up says nothing any more.
  expect(world.ends(begun, has(5))).toEqual([]);
});

it('a nudge does not wait for the next attempt', () => {
  const world = new World();
  let outputs = world.on();
  for (let i = 0; i < 8; i++) outputs = (world.ends(outputs, refusal(null)), world.wakes().outputs);
  world.ends(outputs, refusal(null));
  expect(world.on({ kind: 'nudged' })).toMatchObject([{ kind: 'begin' }]);
});

it('asks again, and not in a storm, when all is there and it is not whole', () => {
  const world = new World();
  let outputs = world.on();
  let asked = 0;
  const end = world.now + 60_000;
  while (world.now < end) {
    outputs = world.ends(outputs, { state: { attachment_id: ID, received_bytes: BYTES, complete: false } });
    expect(calls(outputs)).toEqual([]);
    asked++;
    outputs = world.wakes().outputs;
  }
  expect(asked).toBeLessThan(40);
});

it('does not storm where the disk cannot keep that it is whole', () => {
  const world = new World();
  let outputs = world.on();
  let asked = 0;
  const end = world.now + 60_000;
  while (world.now < end) {
    outputs = world.ends(outputs, has(BYTES));
    expect(calls(outputs)).toEqual([]);
    asked++;
    outputs = world.wakes().outputs;
  }
  expect(asked).toBeLessThan(40);
});
