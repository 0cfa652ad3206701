// The way around networks that block WebSockets: post the SOS, then ask how far it has got.
import type { AlertId, AlertStatus } from '@protocol';
import { sosMs } from './backoff';
import { RERECORD_MS, sentInVain } from './outgoing';
import { receipt } from './incoming';
import type { Call, HttpCall, HttpResult, State, Step } from './types';

/** Failed attempts over the socket (connections, or sends without an answer) before HTTP is tried beside it. */
const SOCKET_FAILURES = 2;
/** HTTP calls under way at once. */
const IN_FLIGHT_MAX = 4;
/** Between two questions for an alert, in milliseconds, … */
const POLL_MS = 3_000;
/** … and after this many of them … */
const POLLS_OFTEN = 20;
/** … this long, in milliseconds. */
const POLL_LATER_MS = 15_000;

const key = (alert_id: AlertId, call: HttpCall) => `${call} ${alert_id}`;

/** Plans and starts the calls that are called for. */
export function calls(m: State, step: Step): void {
  const socket_fails = !(m.link.at === 'up' && m.link.welcomed) && m.failures >= SOCKET_FAILURES;
  const posted = new Set<AlertId>();
  const asked = new Set<AlertId>();
  for (const { alert, received } of step.queue.alerts) {
    const id = alert.alert_id;
    if (socket_fails || sentInVain(m, id) >= SOCKET_FAILURES) {
      posted.add(id);
      if (!received) plan(m, id, 'post', step.now);
    }
    // Received and sent again without a record: its receipt may have been lost on the way, so ask.
    if (received && (socket_fails || sentInVain(m, id) > 0)) asked.add(id);
  }
  const open = step.queue.open[0];
  if (open !== undefined && socket_fails) asked.add(open);
  for (const id of asked) plan(m, id, 'poll', step.now + POLL_MS);
  for (const [name, call] of m.calls) {
    const wanted = call.call === 'post' ? posted : asked;
    if (!call.in_flight && !wanted.has(call.alert_id)) m.calls.delete(name);
  }
  for (const { alert } of step.queue.alerts) {
    if (starts(m, alert.alert_id, 'post', step.now)) step.out.push({ kind: 'post', alert });
  }
  for (const id of asked) if (starts(m, id, 'poll', step.now)) step.out.push({ kind: 'poll', alert_id: id });
}

function plan(m: State, alert_id: AlertId, call: HttpCall, due: number): void {
  const name = key(alert_id, call);
  if (!m.calls.has(name)) m.calls.set(name, { alert_id, call, due, tries: 0, in_flight: false });
}

function underWay(m: State): number {
  return [...m.calls.values()].filter((call) => call.in_flight).length;
}

function starts(m: State, alert_id: AlertId, call: HttpCall, now: number): boolean {
  const planned = m.calls.get(key(alert_id, call));
  if (!planned || planned.in_flight || planned.due > now || underWay(m) >= IN_FLIGHT_MAX) return false;
  planned.in_flight = true;
  return true;
}

export function ended(m: State, step: Step, alert_id: AlertId, call: HttpCall, result: HttpResult): void {
  const name = key(alert_id, call);
  const state = m.calls.get(name);
  if (!state) return;
  state.in_flight = false;
  state.tries++;
  if (call === 'post') postEnded(m, step, state, result);
  else if ('failure' in result && result.failure === 'not_found') {
    m.calls.delete(name);
    m.calls.set(key(alert_id, 'post'), { alert_id, call: 'post', due: step.now, tries: 0, in_flight: false });
  } else {
    state.due = step.now + (state.tries < POLLS_OFTEN ? POLL_MS : POLL_LATER_MS);
    if ('status' in result) for (const step_reached of result.status.receipts) receipt(m, step, step_reached, 'asked');
  }
}

function postEnded(m: State, step: Step, state: Call, result: HttpResult): void {
  if ('status' in result && result.status.receipts.length > 0) {
    state.due = step.now + RERECORD_MS;
    posted(m, step, result.status);
  } else {
    state.due = step.now + sosMs(m.below, state.tries);
  }
}

function posted(m: State, step: Step, { alert_id, receipts, unverified, dropped }: AlertStatus): void {
  for (const step_reached of receipts) receipt(m, step, step_reached, 'asked');
  if (unverified) step.emit({ kind: 'unverified', alert_id, reason: unverified });
  if (dropped && dropped.length > 0) step.emit({ kind: 'cleaned', alert_id, dropped });
}

export function wake(m: State): number | null {
  // With all places taken, the end of a call is what comes next.
  if (underWay(m) >= IN_FLIGHT_MAX) return null;
  const due = [...m.calls.values()].filter((call) => !call.in_flight).map((call) => call.due);
  return due.length > 0 ? Math.min(...due) : null;
}
