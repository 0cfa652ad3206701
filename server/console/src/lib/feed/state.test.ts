import type { CaseSummary, FeedFrame } from '@protocol';
import { describe, expect, it } from 'vitest';
import { aCase, aFix, anEntry, aProvisional, aRecording, NOON } from '../../testing/samples';
import { PROVISIONAL_MAX, RECORDED_MAX, UNTOLD_HEARTBEATS_MAX } from './provisional';
import { asked, emptyFeed, isBehind, reduce, type FeedState } from './state';

const snapshot = (cases: CaseSummary[], head_seq: number): FeedFrame => ({
  type: 'snapshot',
  more: false,
  cases,
  head_seq,
  server_time_ms: NOON,
});
const event = (seq: number, change: Partial<CaseSummary> = {}): FeedFrame => ({
  type: 'event',
  entry: anEntry(seq),
  case: aCase({ last_seq: seq, ...change }),
});
const heartbeat = (head_seq: number): FeedFrame => ({
  type: 'heartbeat',
  head_seq,
  server_time_ms: NOON,
  on_duty: [],
});

function after(frames: FeedFrame[], from: FeedState = emptyFeed) {
  return reduce(from, frames);
}

describe('the feed', () => {
  it('takes a snapshot in parts only once the last part is there', () => {
    const before = after([snapshot([aCase({ case_id: 'c0' })], 3)]).state;
    const first: FeedFrame = { ...snapshot([aCase({ case_id: 'c1' })], 9), more: true } as FeedFrame;
    const half = after([first], before).state;
    expect([...half.cases.keys()]).toEqual(['c0']);
    expect(half.cursor).toBe(3);
    const whole = after([snapshot([aCase({ case_id: 'c2' })], 9)], half).state;
    expect([...whole.cases.keys()]).toEqual(['c1', 'c2']);
    expect(whole.cursor).toBe(9);
    // A connection that broke in between leaves nothing behind.
    const anew = after([snapshot([aCase({ case_id: 'c3' })], 9)], asked(half, 'hello')).state;
    expect([...anew.cases.keys()]).toEqual(['c3']);
  });

  it('takes a snapshot for everything there is', () => {
    const first = after([snapshot([aCase(), aCase({ case_id: 'c2' })], 7)]).state;
    const { state } = after([snapshot([aCase({ case_id: 'c3' })], 9)], first);
    expect([...state.cases.keys()]).toEqual(['c3']);
    expect(state).toMatchObject({ synced: true, applied: 9, cursor: 9 });
  });

  it('applies events in order and tells of each once', () => {
    const { state, news } = after([snapshot([], 1), event(2), event(3), event(3), event(2)]);
    expect(news.map((item) => item.kind)).toEqual(['snapshot', 'event', 'event']);
    expect(state.cursor).toBe(3);
  });

  it('never lets an older summary overwrite a newer one', () => {
    const { state } = after([
      snapshot([aCase({ last_seq: 9, state: 'claimed' })], 4),
      event(5, { last_seq: 5, state: 'open' }),
    ]);
    expect(state.cases.get('c1')?.state).toBe('claimed');
    expect(state.cursor).toBe(5);
  });

  it('keeps the later measured position, whatever comes last', () => {
    const late = aFix({ fix_id: 'late', fix_time_ms: NOON + 60_000, server_time_ms: NOON + 61_000 });
    const backlog = aFix({ fix_id: 'old', fix_time_ms: NOON - 60_000, server_time_ms: NOON + 62_000 });
    const { state } = after([
      snapshot([aCase({ position: aFix() })], 1),
      { type: 'positions', case_id: 'c1', fixes: [late] },
      { type: 'positions', case_id: 'c1', fixes: [backlog] },
      event(2, { position: aFix() }),
    ]);
    expect(state.cases.get('c1')?.position?.fix_id).toBe('late');
  });

  it('knows that it is behind from the head, and is not once the service had nothing more to send', () => {
    const behind = after([snapshot([], 3), heartbeat(5)]).state;
    expect(isBehind(behind)).toBe(true);
    const { state } = after([heartbeat(6)], asked(behind, 'resume'));
    expect(isBehind(state)).toBe(false);
    expect(state.cursor).toBe(6);
  });

  it('still applies an entry that arrives after a heartbeat moved the cursor past it', () => {
    const ahead = after([snapshot([], 3), heartbeat(6)], asked(emptyFeed, 'hello')).state;
    const { state, news } = after([event(5)], ahead);
    expect(news).toHaveLength(1);
    expect(state.cases.has('c1')).toBe(true);
    expect(state.cursor).toBe(6);
  });

  it('says when a new connection has caught up, and only then', () => {
    const connected = after([snapshot([], 3)]).state;
    expect(after([heartbeat(3)], asked(connected, 'hello')).news).toEqual([{ kind: 'caught_up' }]);
    expect(after([heartbeat(3)], asked(connected, 'resume')).news).toEqual([]);
    expect(after([heartbeat(3)], connected).news).toEqual([]);
  });

  it('resumes after a gap without losing or repeating anything', () => {
    const before = after([snapshot([], 10), event(11), event(12)]).state;
    const replay = [event(11), event(12), event(13), event(15), heartbeat(16)];
    const { state, news } = after(replay, asked(before, 'hello'));
    const seqs = news.flatMap((item) => (item.kind === 'event' ? [item.entry.seq] : []));
    expect(seqs).toEqual([13, 15]);
    expect(state.cursor).toBe(16);
  });
});

describe('an alert that waits to be recorded', () => {
  const told = (n: number): FeedFrame => ({ type: 'provisional', alert: aProvisional(n) });
  const recording = (seq: number, n: number, case_id = `ca${n}`): FeedFrame => ({
    type: 'event',
    entry: aRecording(seq, aProvisional(n)),
    case: aCase({ case_id, last_seq: seq }),
  });
  const waiting = (state: FeedState) => [...state.provisional.keys()];
  const synced = after([snapshot([], 3)]).state;

  it('is kept once, however often it is told, and a repeat changes nothing at all', () => {
    const first = after([told(1), told(2), told(1)], synced);
    expect(waiting(first.state)).toEqual(['a1', 'a2']);
    expect(first.news).toEqual([]);
    const repeated = after([told(2), told(1)], first.state);
    expect(repeated.state).toBe(first.state);
  });

  it('moves neither the cursor nor the head', () => {
    const { state } = after([told(1)], synced);
    expect(state).toMatchObject({ applied: 3, cursor: 3, head: 3 });
  });

  it('gives way to the event that records it, in whichever case', () => {
    const pressed: FeedFrame = {
      type: 'event',
      entry: anEntry(5, { kind: 'pressed_again', alert: { alert_id: 'a2' }, received_at_ms: NOON }),
      case: aCase({ case_id: 'another', last_seq: 5 }),
    };
    const { state } = after([told(1), told(2), told(3), recording(4, 1), pressed], synced);
    expect(waiting(state)).toEqual(['a3']);
    expect([...state.recorded]).toEqual([['a1', 'ca1'], ['a2', 'another']]);
  });

  it('does not come back by a frame that was sent before the recording', () => {
    const recorded = after([told(1), recording(4, 1, 'another')], synced).state;
    expect(waiting(after([told(1)], recorded).state)).toEqual([]);
    // Also when the recording is known from the snapshot only, or only as a repeat.
    const known = after([snapshot([aCase({ case_id: 'ca1' })], 9)], synced).state;
    expect(waiting(after([told(1)], known).state)).toEqual([]);
    expect(waiting(after([told(2), recording(8, 2, 'another')], known).state)).toEqual([]);
  });

  it('is cleared by a snapshot, and is there again when it is told again', () => {
    const cleared = after([told(1), snapshot([], 9)], synced).state;
    expect(waiting(cleared)).toEqual([]);
    expect(waiting(after([told(1)], cleared).state)).toEqual(['a1']);
  });

  it('survives a lost connection that resumes', () => {
    const resumed = after([heartbeat(3)], asked(after([told(1)], synced).state, 'hello')).state;
    expect(waiting(resumed)).toEqual(['a1']);
  });

  it('ends when the service goes on without telling it, and lasts while it is told', () => {
    const beats = Array.from({ length: UNTOLD_HEARTBEATS_MAX }, () => heartbeat(3));
    const started = after([told(1), told(2)], synced).state;
    const late = after([...beats, told(1), heartbeat(3)], started).state;
    expect(waiting(late)).toEqual(['a1']);
    expect(waiting(after([told(2)], late).state)).toEqual(['a1', 'a2']);
  });

  it('is left out when there are too many younger ones, and stays out', () => {
    const flood = Array.from({ length: PROVISIONAL_MAX + 1 }, (_, n) => told(n));
    const { state } = after(flood, synced);
    expect(state.provisional.size).toBe(PROVISIONAL_MAX);
    expect(state.provisional.has('a0')).toBe(false);
    expect(waiting(after([told(0)], state).state)).toEqual(waiting(state));
  });

  it('is remembered as recorded for a while only', () => {
    const flood = Array.from({ length: RECORDED_MAX + 1 }, (_, n) => recording(4 + n, n));
    const { state } = after(flood, synced);
    expect(state.recorded.size).toBe(RECORDED_MAX);
    expect(state.recorded.has('a0')).toBe(false);
  });
});
