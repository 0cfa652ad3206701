// Gets out what waits when the browser says that there is a network again and no page of the app is open.
import { postAlert, withItsAge, type Fetch } from '../bridge/calls';
import type { Outbox } from '../bridge/outbox/outbox';

/** Posts, the newest first, every alert that no store of the service has yet; fails if one did not get out, so that the browser asks again. */
export async function postWaiting(outbox: Outbox, fetch: Fetch, now: () => number): Promise<void> {
  const waiting = (await outbox.queue()).alerts.filter((queued) => !queued.received);
  let failed = false;
  for (const { alert } of waiting.reverse()) {
    try {
      const { receipts } = await postAlert(fetch, outbox, withItsAge(alert, now()));
      for (const receipt of receipts) await outbox.apply({ kind: 'asked', receipt });
      failed ||= receipts.length === 0;
    } catch {
      failed = true;
    }
  }
  if (failed) throw new Error('an alert still waits');
}
