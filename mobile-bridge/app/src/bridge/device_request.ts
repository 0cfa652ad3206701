// Requests of an enrolled phone: signed with its key, as `protocol/README.md` (Proof) says.
import type { ErrorCode } from '@protocol';
import { within } from './ambient';
import { call, CallError, proofFor, type Fetch } from './calls';
import type { Outbox } from './outbox/outbox';
import { requestText, sha256Hex } from './proof';

/** Reading the key and signing, in milliseconds: some browsers have been seen never to answer. */
const PROOF_MS_MAX = 5_000;

export interface DeviceRequest {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** With the query, as it is sent. */
  path: string;
  /** The body, as JSON … */
  json?: unknown;
  /** … or as it is. */
  bytes?: Uint8Array<ArrayBuffer>;
  /** Calls the request off. */
  signal?: AbortSignal;
}

/** Nobody has enrolled this phone: there is nothing to sign with. */
export class NotEnrolled extends Error {
  override readonly name = 'NotEnrolled';
}

/** Codes after which the same request will not be taken later either. */
const FINAL: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'malformed_json',
  'missing_field',
  'invalid_field',
  'too_large',
  'too_many',
  'content_refused',
  'not_found',
  'method_not_allowed',
  'id_reused',
  'not_verified',
  'forbidden',
  'device_revoked',
]);

/** Whether to give a request up after this answer. No answer, an ended credential, a code of a later version: later again. */
export function isFinal(code: ErrorCode | null): boolean {
  return code !== null && FINAL.has(code);
}

/** What the service answers; undefined where that is nothing. Fails with `NotEnrolled`, with a `CallError`, or where the storage does not answer. */
export async function deviceRequest<T = void>(fetch: Fetch, outbox: Outbox, request: DeviceRequest): Promise<T> {
  const { method, path, json, bytes, signal } = request;
  const body = json === undefined ? bytes : new TextEncoder().encode(JSON.stringify(json));
  const hash = await sha256Hex(body ?? new Uint8Array());
  const { credential, signature } = await within(PROOF_MS_MAX, proofFor(outbox, requestText(method, path, hash)));
  if (credential === undefined) throw new NotEnrolled('this phone is not enrolled');
  // The key did not answer in time: later again.
  if (signature === undefined) throw new CallError(null);
  const type = json === undefined ? 'application/octet-stream' : 'application/json';
  const headers = { 'sos-credential': credential, 'sos-signature': signature, ...(body && { 'content-type': type }) };
  return call<T>(fetch, path, { method, headers, ...(body && { body }), ...(signal && { signal }) });
}
