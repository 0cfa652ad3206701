// The device key, and the texts that it signs: ECDSA on P-256 with SHA-256, the signature as the 64 bytes r ‖ s,
// base64url without padding.
import { SUBPROTOCOL, type AlertId } from '@protocol';

const KEY = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const SIGNATURE = { name: 'ECDSA', hash: 'SHA-256' } as const;

/** Signed at enrolment. `code` in the form of `normalCode`. */
export function enrolText(code: string, public_key: string): string {
  return `${SUBPROTOCOL}\nenrol\n${code}\n${public_key}`;
}

/** Signed to speak for the worker with this card. `card` in the form of `normalCode`. */
export function cardText(card: string, public_key: string): string {
  return `${SUBPROTOCOL}\ncard\n${card}\n${public_key}`;
}

/** Signed in answer to the gateway's `challenge`. */
export function helloText(nonce: string): string {
  return `${SUBPROTOCOL}\nhello\n${nonce}`;
}

/** Signed for an alert over HTTP. */
export function alertText(alert_id: AlertId): string {
  return `${SUBPROTOCOL}\nalert\n${alert_id}`;
}

/** Signed with any other request of a device. `method` in upper case, `path` as in the request, with its query. */
export function requestText(method: string, path: string, body_sha256: string): string {
  return `${SUBPROTOCOL}\nrequest\n${method}\n${path}\n${body_sha256}`;
}

/** An enrolment code, or the code of a card, as it is signed and looked up: only letters and digits, upper case. */
export function normalCode(code: string): string {
  return code.replace(/[^A-Za-z0-9]/g, '').toUpperCase();
}

export function base64url(bytes: ArrayBuffer): string {
  const text = String.fromCharCode(...new Uint8Array(bytes));
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** SHA-256, hex in lower case. */
export async function sha256Hex(bytes: BufferSource): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** A new key whose secret half can never be taken out, not even by this app. */
export function makeKeys(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(KEY, false, ['sign', 'verify']);
}

/** As enrolment sends it: the uncompressed point. */
export async function publicKey(keys: CryptoKeyPair): Promise<string> {
  return base64url(await crypto.subtle.exportKey('raw', keys.publicKey));
}

export async function sign(keys: CryptoKeyPair, text: string): Promise<string> {
  return base64url(await crypto.subtle.sign(SIGNATURE, keys.privateKey, new TextEncoder().encode(text)));
}
