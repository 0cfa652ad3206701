// Somebody else's phone speaks for a worker: the code on the worker's card and a PIN.
import type { Pin, UnixMs } from '@protocol';
import { showCard, type Fetch } from './calls';
import type { Holder } from './holder';
import type { Identity } from './outbox/types';
import { cardText, makeKeys, normalCode, publicKey, sign } from './proof';

/** Fails with a `CallError`: `pin_wrong` for a wrong code as for a wrong PIN, `rate_limited`. The key is made for this alone. */
export async function borrow(fetch: Fetch, holder: Holder, typed: string, pin: Pin, now_ms: UnixMs): Promise<Identity> {
  const keys = await makeKeys();
  const public_key = await publicKey(keys);
  const card = normalCode(typed);
  const signature = await sign(keys, cardText(card, public_key));
  const enrolled = await showCard(fetch, { card, pin, public_key, signature });
  const identity: Identity = { ...enrolled, borrowed_at_ms: now_ms };
  await holder.use((outbox) => outbox.borrow(identity, keys));
  return identity;
}
