// The calls over plain HTTP. The page and the service worker use the same.
import { WAITED_MS_MAX, type Alert, type AlertId, type AlertPost, type AlertStatus, type CardRequest, type EnrolRequest, type Enrolled, type ErrorCode, type Problem } from '@protocol';
import { alertText, sign } from './proof';
import { within } from './ambient';
import type { HttpFailure, HttpResult } from './machine/types';
import type { Outbox } from './outbox/outbox';

/** A whole call, in milliseconds. */
const CALL_MS_MAX = 15_000;
/** A signature, in milliseconds; without one the SOS still goes out, as *unverified*. */
const SIGN_MS_MAX = 3_000;
/** What waited shorter than this came at once, in milliseconds. */
const WAITED_MS_MIN = 1_000;

/** The service refused, and said why; `null`: no answer, or not one of this protocol. */
export class CallError extends Error {
  constructor(readonly code: ErrorCode | null) {
    super(`the call failed: ${code ?? 'no answer'}`);
  }
}

export type Fetch = typeof fetch;

/** One call. An answer without a body gives undefined; `init.signal` calls it off, as the time does. */
export async function call<T>(fetch: Fetch, path: string, init: RequestInit = {}): Promise<T> {
  const aborted = new AbortController();
  const timer = setTimeout(() => aborted.abort(), CALL_MS_MAX);
  const abort = () => aborted.abort();
  init.signal?.addEventListener('abort', abort);
  if (init.signal?.aborted) abort();
  try {
    const answer = await fetch(path, { ...init, signal: aborted.signal, credentials: 'omit', cache: 'no-store' });
    if (answer.ok) return (answer.status === 204 ? undefined : await answer.json()) as T;
    const problem = (await answer.json().catch(() => null)) as Problem | null;
    throw new CallError(problem?.code ?? (answer.status === 404 ? 'not_found' : null));
  } catch (error) {
    throw error instanceof CallError ? error : new CallError(null);
  } finally {
    clearTimeout(timer);
    init.signal?.removeEventListener('abort', abort);
  }
}

function posted(body: unknown): RequestInit {
  return { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

export function enrol(fetch: Fetch, request: EnrolRequest): Promise<Enrolled> {
  return call(fetch, '/api/enrol', posted(request));
}

/** Speaks for the worker whose card it is, on somebody else's phone. */
export function showCard(fetch: Fetch, request: CardRequest): Promise<Enrolled> {
  return call(fetch, '/api/card', posted(request));
}

/** Signs the alert, if there is something to sign with, and posts it. */
export async function postAlert(fetch: Fetch, outbox: Outbox | null, alert: Alert): Promise<AlertStatus> {
  const proof = await proofFor(outbox, alertText(alert.alert_id));
  const post: AlertPost = { alert, ...proof };
  return call(fetch, '/api/alerts', posted(post));
}

export function alertStatus(fetch: Fetch, alert_id: AlertId): Promise<AlertStatus> {
  return call(fetch, `/api/alerts/${alert_id}`);
}

/** How a call of the HTTP fallback ended, for the machine. */
export async function ending(work: Promise<AlertStatus>): Promise<HttpResult> {
  try {
    return { status: await work };
  } catch (error) {
    const failure: HttpFailure = error instanceof CallError && error.code === 'not_found' ? 'not_found' : 'other';
    return { failure };
  }
}

/** Credential and signature of `text`, as far as this phone has them: an SOS goes out without as well. */
export async function proofFor(outbox: Outbox | null, text: string): Promise<{ credential?: string; signature?: string }> {
  try {
    const credential = (await outbox?.identity())?.credential;
    if (!outbox || !credential) return {};
    const keys = await outbox.keys();
    const signature = keys && (await within(SIGN_MS_MAX, sign(keys, text)).catch(() => null));
    return signature ? { credential, signature } : { credential };
  } catch {
    return {};
  }
}

/** How long something has waited since `from_ms`, by one clock, which may be wrong; undefined: it came at once, or nobody knows. */
export function waitedMs(from_ms: number, now_ms: number): number | undefined {
  const waited_ms = now_ms - from_ms;
  return waited_ms >= WAITED_MS_MIN && waited_ms <= WAITED_MS_MAX ? waited_ms : undefined;
}

/** How long the press has waited: both times are of this phone's clock. */
export function withItsAge(alert: Alert, now_ms: number): Alert {
  const { waited_ms: _, ...rest } = alert;
  const waited_ms = alert.device_time_ms == null ? undefined : waitedMs(alert.device_time_ms, now_ms);
  return waited_ms === undefined ? rest : { ...rest, waited_ms };
}
