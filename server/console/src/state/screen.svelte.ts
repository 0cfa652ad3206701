import type { CaseSummary } from '@protocol';
import type { RoomName } from '../lib/admin/rooms';
import type { CaseAction } from '../lib/cases/actions';

export type DialogName =
  | Exclude<CaseAction, 'claim' | 'take' | 'withdraw' | 'askFix'>
  | 'endShift'
  | 'keys'
  | 'groups'
  | 'channels'
  | 'deskChannels';
/** On a narrow screen one of the three is shown at a time. */
export type Pane = 'queue' | 'map' | 'case';

/** What of the console is in front. */
export class Screen {
  dialog = $state<DialogName | null>(null);
  pane = $state<Pane>('queue');
  /** The case that was just closed here: the next one is offered while it is in front. */
  justClosed = $state.raw<CaseSummary | null>(null);
  /** The room of the office that is open in place of the queue; none: the queue. */
  room = $state<RoomName | null>(null);

  show(dialog: DialogName): void {
    this.dialog = dialog;
  }

  closeDialog = (): void => {
    this.dialog = null;
  };
}
