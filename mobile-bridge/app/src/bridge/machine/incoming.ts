// What the gateway says.
import type { ErrorCode, GatewayFrame, Receipt } from '@protocol';
import { heard, replaced, up } from './link';
import { alertReceived, cancelRefused, fixesAgain, isPassing, markAgain, refused, sendMarksAgain } from './outgoing';
import type { State, Step } from './types';

export function frame(m: State, step: Step, said: GatewayFrame): void {
  heard(m, step);
  switch (said.type) {
    case 'challenge':
      // Says who is calling; what waits goes out behind it in the same step, without waiting for `welcome`.
      if (m.link.at !== 'opening') return;
      up(m, step);
      step.out.push({ kind: 'hello', nonce: said.nonce });
      return;
    case 'welcome':
      welcome(m, step, said);
      return;
    case 'receipt':
      m.failures = 0;
      receipt(m, step, said.receipt, 'receipt');
      return;
    case 'message': {
      const { type: _, ...message } = said;
      markAgain(m, message.message_id);
      step.keep({ kind: 'message', message });
      return;
    }
    case 'locate':
      fixesAgain(m);
      step.keep({ kind: 'located', seq: said.seq, alert_id: said.alert_id, at_ms: said.at_ms });
      return;
    case 'accepted':
      step.keep({ kind: 'accepted', id: said.id, at_ms: said.at_ms });
      return;
    case 'fixes_accepted':
      step.keep({ kind: 'fixes_accepted', fix_ids: said.fix_ids });
      return;
    case 'cleaned':
      step.emit({ kind: 'cleaned', alert_id: said.alert_id, dropped: said.dropped });
      return;
    case 'error':
      if (said.code === 'session_replaced') replaced(m, step);
      else if (said.id != null && (said.code === 'pin_needed' || said.code === 'pin_wrong')) cancelRefused(m, step, said.code, said.id);
      else if (said.id != null) refused(m, step, said.code, said.id);
      else forgetMarks(m, step, said.code);
      return;
    case 'pong':
      pong(m, step);
  }
}

function welcome(m: State, step: Step, said: Extract<GatewayFrame, { type: 'welcome' }>): void {
  m.failures = 0;
  if (m.link.at === 'up') m.link.welcomed = true;
  if (said.credential != null) step.keep({ kind: 'credential', credential: said.credential });
  const unverified = said.unverified ?? null;
  step.emit({ kind: 'link', state: { link: 'online', verified: said.verified, unverified } });
}

/** `way` says how it came. */
export function receipt(m: State, step: Step, reached: Receipt, way: 'receipt' | 'asked'): void {
  if (reached.stage === 'received') alertReceived(m, step, reached.alert_id);
  step.keep({ kind: way, receipt: reached });
}

/**
 * A refusal of something without an id may have been of marks or of a ping: no pong to come tells any more what was
 * read. The marks go out again: after a while, or where that is in vain over the next connection.
 */
function forgetMarks(m: State, step: Step, code: ErrorCode): void {
  if (m.link.at === 'up') m.link.marks = m.link.marks.map(() => []);
  if (isPassing(code)) sendMarksAgain(m, step);
}

function pong(m: State, step: Step): void {
  const message_ids = (m.link.at === 'up' && m.link.marks.shift()) || [];
  if (message_ids.length > 0) step.keep({ kind: 'delivered_read', message_ids });
}
