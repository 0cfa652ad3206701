import type { CaseId, CaseSummary } from '@protocol';
import type { RoomName } from '../lib/admin/rooms';
import type { CaseAction } from '../lib/cases/actions';
import type { Asked } from '../lib/reports/lists';

export type DialogName =
  | Exclude<CaseAction, 'claim' | 'take' | 'withdraw' | 'askFix'>
  | 'endShift'
  | 'keys'
  | 'groups'
  | 'channels'
  | 'deskChannels'
  | 'checkFile';
/** On a narrow screen one of the three is shown at a time. */
export type Pane = 'queue' | 'map' | 'case';

/** The reports in place of the queue: the list, or the report of a case. */
export interface ReportsPlace {
  report: CaseId | null;
  /** The report was opened from its case, and not from the list. */
  fromCase: boolean;
}

/** What of the console is in front. */
export class Screen {
  dialog = $state<DialogName | null>(null);
  pane = $state<Pane>('queue');
  /** The case that was just closed here: the next one is offered while it is in front. */
  justClosed = $state.raw<CaseSummary | null>(null);
  /** The room of the office that is open in place of the queue; none: the queue. */
  room = $state<RoomName | null>(null);
  /** The figures are open in place of the queue. */
  figures = $state(false);
  /** The case in front was opened from the figures, and there is a way back. */
  fromFigures = $state(false);
  /** The reports are open in place of the queue; none: they are not. */
  reports = $state.raw<ReportsPlace | null>(null);
  /** The case in front was opened from its report, and there is a way back. */
  fromReport = $state.raw<CaseId | null>(null);
  /** The list of reports that was looked at last. */
  reportsAsked: Asked | null = null;

  /** Something stands in place of the queue, so that no case can be acted on. */
  get away(): boolean {
    return this.room !== null || this.figures || this.reports !== null;
  }

  show(dialog: DialogName): void {
    this.dialog = dialog;
  }

  closeDialog = (): void => {
    this.dialog = null;
  };
}
