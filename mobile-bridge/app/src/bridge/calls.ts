// The calls over plain HTTP. The page and the service worker use the same.
import type { Alert, AlertId, AlertPost, AlertStatus, EnrolRequest, Enrolled, ErrorCode, Problem } from '@protocol';
import { alertText, sign } from './proof';
import { within } from './ambient';
import type { HttpFailure, HttpResult } from './machine/types';
import type { Outbox } from './outbox/outbox';

/** A whole call, in milliseconds. */
const CALL_MS_MAX = 15_000;
/** A signature, in milliseconds; without one the SOS still goes out, as *unverified*. */
const SIGN_MS_MAX = 3_000;
/** A press that waited shorter than this came at once, in milliseconds. */
const WAITED_MS_MIN = 1_000;
/** Longest time that a press can have waited; as in `protocol/src/limits.rs`, in milliseconds. */
const WAITED_MS_MAX = 365 * 24 * 3600 * 1000;

/** The service refused, and said why; `null`: no answer, or not one of this protocol. */
export class CallError extends Error {
  constructor(readonly code: ErrorCode | null) {
    super(`the call failed: ${code ?? 'no answer'}`);
  }
}

export type Fetch = typeof fetch;

async function call<T>(fetch: Fetch, path: string, body?: unknown): Promise<T> {
  const aborted = new AbortController();
  const timer = setTimeout(() => aborted.abort(), CALL_MS_MAX);
  try {
    const post = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    const answer = await fetch(path, { ...(body === undefined ? {} : post), signal: aborted.signal, credentials: 'omit', cache: 'no-store' });
    if (answer.ok) return (await answer.json()) as T;
    const problem = (await answer.json().catch(() => null)) as Problem | null;
    throw new CallError(problem?.code ?? (answer.status === 404 ? 'not_found' : null));
  } catch (error) {
    throw error instanceof CallError ? error : new CallError(null);
  } finally {
    clearTimeout(timer);
  }
}

export function enrol(fetch: Fetch, request: EnrolRequest): Promise<Enrolled> {
  return call(fetch, '/api/enrol', request);
}

/** Signs the alert, if there is something to sign with, and posts it. */
export async function postAlert(fetch: Fetch, outbox: Outbox | null, alert: Alert): Promise<AlertStatus> {
  const proof = await proofFor(outbox, alertText(alert.alert_id));
  const post: AlertPost = { alert, ...proof };
  return call(fetch, '/api/alerts', post);
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

/** How long the press has waited: both times are of this phone's clock, so that it may be wrong. */
export function withItsAge(alert: Alert, now_ms: number): Alert {
  const waited_ms = alert.device_time_ms == null ? 0 : now_ms - alert.device_time_ms;
  const { waited_ms: _, ...rest } = alert;
  return waited_ms >= WAITED_MS_MIN && waited_ms <= WAITED_MS_MAX ? { ...rest, waited_ms } : rest;
}
