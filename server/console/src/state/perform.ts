import type { Me } from '@protocol';
import { mayDo, type CaseAction } from '../lib/cases/actions';
import { isOffered } from '../lib/cases/may';
import type { KeyAction } from '../lib/keys';
import type { Console } from './console.svelte';

/** Does `action` to the open case, or asks first what has to be asked; nothing where the officer may not. */
export function perform(action: CaseAction, me: Me, console: Console): void {
  const { open, commands, screen } = console;
  const summary = open.summary;
  if (!summary || open.status === 'gone' || !mayDo(action, me, summary)) return;
  switch (action) {
    case 'claim':
    case 'take':
    case 'withdraw':
    case 'askFix':
      void commands[action](summary);
      return;
    default:
      screen.show(action);
  }
}

/** The action that a key means for the open case; null for keys of something else. */
export function actionOfKey(key: KeyAction, me: Me, console: Console): CaseAction | null {
  const summary = console.open.summary;
  if (!summary) return null;
  switch (key) {
    case 'claim':
      // At the desk that it is offered to, and where there is nothing else to claim, taking is what is meant.
      return isOffered(me, summary) || !mayDo('claim', me, summary) ? 'take' : 'claim';
    case 'refuse':
      return isOffered(me, summary) || !mayDo('withdraw', me, summary) ? 'decline' : 'withdraw';
    case 'assign':
    case 'transfer':
    case 'raise':
    case 'close':
    case 'share':
    case 'priority':
    case 'tags':
    case 'link':
    case 'askFix':
      return key;
    default:
      return null;
  }
}
