// The worker's PINs. The phone keeps that there are some, and none of them.
import type { SetPins } from '@protocol';
import { CallError, type Fetch } from './calls';
import { deviceRequest } from './device_request';
import type { Holder } from './holder';

/** Fails with a `CallError`: `pin_wrong` or `pin_needed` when there are PINs already and the old one does not fit. */
export async function setPins(fetch: Fetch, holder: Holder, pins: SetPins): Promise<void> {
  const outbox = await holder.use((open) => Promise.resolve(open));
  const known = () => holder.use((open) => open.setHasPin());
  try {
    await deviceRequest(fetch, outbox, { method: 'PUT', path: '/api/device/pins', json: pins });
  } catch (error) {
    if (error instanceof CallError && (error.code === 'pin_wrong' || error.code === 'pin_needed')) await known();
    throw error;
  }
  await known();
}
