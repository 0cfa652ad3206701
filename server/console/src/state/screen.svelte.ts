export type DialogName = 'release' | 'transfer' | 'close' | 'reopen' | 'endShift' | 'keys';
/** On a narrow screen one of the three is shown at a time. */
export type Pane = 'queue' | 'map' | 'case';

/** What of the console is in front. */
export class Screen {
  dialog = $state<DialogName | null>(null);
  pane = $state<Pane>('queue');

  show(dialog: DialogName): void {
    this.dialog = dialog;
  }

  closeDialog = (): void => {
    this.dialog = null;
  };
}
