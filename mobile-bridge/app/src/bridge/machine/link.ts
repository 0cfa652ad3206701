// The socket: when to open it, when it is dead, when to leave it alone.
import { PING_INTERVAL_S, PING_INTERVAL_SOS_S, PINGS_MISSED_MAX, type MessageId } from '@protocol';
import { calmMs, sosMs } from './backoff';
import type { State, Step, Up } from './types';

/** From the request for a socket to the gateway's `challenge`, in milliseconds. */
const OPENING_MS_MAX = 15_000;
/** Between the starts of two attempts, at the least, in milliseconds. */
const ATTEMPT_GAP_MS_MIN = 200;
/** How long another connection of the same device is left alone after it took over, in milliseconds. */
const YIELD_MS = 300_000;
/** Upper end of the wait before connecting for something the worker did, in milliseconds. */
const ACTED_MS_MAX = 1_000;
/** Pings on the way at once; a gateway that leaves this many without an answer is not one. */
const PONGS_AWAITED_MAX = 100;
/** Wait for a sign of life after the network changed, in milliseconds. */
const PROBE_MS = 5_000;

export function connected(m: State, step: Step): void {
  if (m.link.at !== 'opening') step.out.push({ kind: 'close' });
}

export function disconnected(m: State, step: Step): void {
  if (m.link.at !== 'down') lost(m, step);
}

/** The `challenge` came: the connection carries frames from now on. */
export function up(m: State, step: Step): void {
  m.link = { at: 'up', welcomed: false, heard_at: step.now, heard_n: 1, pinged: false, probe_by: null, marks: [] };
}

export function heard(m: State, step: Step): void {
  if (m.link.at !== 'up') return;
  m.link.heard_at = step.now;
  m.link.heard_n++;
  m.link.pinged = false;
  m.link.probe_by = null;
}

export function ping(m: State, step: Step, marks: MessageId[]): void {
  if (m.link.at !== 'up') return;
  m.link.marks.push(marks);
  step.send({ type: 'ping' });
}

/** The worker uses the app here: this connection is the one to have. */
export function acted(m: State, step: Step): void {
  m.yield_until = 0;
  const soon = step.now + m.below(ACTED_MS_MAX);
  if (m.link.at === 'down' && m.link.retry_at !== null) m.link.retry_at = Math.min(soon, m.link.retry_at);
}

/** Says `hello` again, with the new credential. */
export function enrolled(m: State, step: Step): void {
  if (m.link.at !== 'down') {
    step.out.push({ kind: 'close' });
    m.sent.clear();
  }
  m.link = { at: 'down', retry_at: step.now };
}

export function networkChanged(m: State, step: Step): void {
  if (m.link.at === 'up') {
    m.link.probe_by = step.now + PROBE_MS;
    m.link.pinged = true;
    ping(m, step, []);
    return;
  }
  m.failures = 0;
  if (m.link.at === 'opening') {
    step.out.push({ kind: 'close' });
    m.link = { at: 'down', retry_at: step.now };
    return;
  }
  acted(m, step);
  if (step.newestUnsent()) m.link = { at: 'down', retry_at: step.now };
}

/** Another connection of this device took over. */
export function replaced(m: State, step: Step): void {
  m.yield_until = step.now + YIELD_MS;
  step.out.push({ kind: 'close' });
  lost(m, step);
}

/** The socket is gone, or never came. */
export function lost(m: State, step: Step): void {
  m.failures++;
  m.sent.clear();
  const unsent = step.newestUnsent();
  const wait_ms = unsent ? sosMs(m.below, m.failures) : Math.max(calmMs(m.below, m.failures), m.yield_until - step.now);
  m.link = { at: 'down', retry_at: step.now + wait_ms };
  step.emit({ kind: 'link', state: { link: 'offline', retry_in_ms: wait_ms } });
  if (unsent) step.emit({ kind: 'not_sent_yet', alert_id: unsent.alert_id, retry_in_ms: wait_ms });
}

/** A press that was not there before does not wait for the next attempt's time. */
export function pressConnectsAtOnce(m: State, step: Step): void {
  const newest = step.newestUnsent()?.alert_id ?? null;
  if (newest === null || newest === m.newest_press) return;
  m.newest_press = newest;
  if (m.link.at === 'down') m.link.retry_at = step.now;
}

export function timers(m: State, step: Step): void {
  switch (m.link.at) {
    case 'down':
      down(m, step);
      return;
    case 'opening':
      if (m.link.give_up_at > step.now) return;
      step.out.push({ kind: 'close' });
      lost(m, step);
      return;
    case 'up':
      if (deadAt(m.link, intervalMs(step)) <= step.now || m.link.marks.length >= PONGS_AWAITED_MAX) {
        step.out.push({ kind: 'close' });
        lost(m, step);
      } else if (!m.link.pinged && m.link.heard_at + intervalMs(step) <= step.now) {
        m.link.pinged = true;
        ping(m, step, []);
      }
  }
}

function down(m: State, step: Step): void {
  if (m.link.at !== 'down') return;
  if (!step.wantsLink()) {
    m.link.retry_at = null;
    return;
  }
  const gap = m.attempt_at === null ? 0 : m.attempt_at + ATTEMPT_GAP_MS_MIN;
  const at = Math.max(m.link.retry_at ?? step.now, gap);
  m.link.retry_at = at;
  if (at > step.now) return;
  m.attempt_at = step.now;
  m.link = { at: 'opening', give_up_at: step.now + OPENING_MS_MAX };
  step.out.push({ kind: 'connect' });
  step.emit({ kind: 'link', state: { link: 'connecting' } });
}

/** When the link wants to be looked at next. */
export function wake(m: State, step: Step): number | null {
  if (m.link.at === 'down') return m.link.retry_at;
  if (m.link.at === 'opening') return m.link.give_up_at;
  const dead_at = deadAt(m.link, intervalMs(step));
  return m.link.pinged ? dead_at : Math.min(dead_at, m.link.heard_at + intervalMs(step));
}

function intervalMs(step: Step): number {
  return (step.sosOpen() ? PING_INTERVAL_SOS_S : PING_INTERVAL_S) * 1_000;
}

function deadAt(link: Up, interval_ms: number): number {
  const silent = link.heard_at + interval_ms * PINGS_MISSED_MAX;
  return link.probe_by === null ? silent : Math.min(link.probe_by, silent);
}
