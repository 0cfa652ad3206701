// The device key, and the texts that it signs: ECDSA on P-256 with SHA-256, the signature as the 64 bytes r ‖ s,
// base64url without padding.
import { SUBPROTOCOL, type AlertId } from '@protocol';

const KEY = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const SIGNATURE = { name: 'ECDSA', hash: 'SHA-256' } as const;

/** Signed at enrolment. `code` in the form of `normalCode`. */
export function enrolText(code: string, public_key: string): string {
  return `${SUBPROTOCOL}\nenrol\n${code}\n${public_key}`;
}

/** Signed in answer to the gateway's `challenge`. */
export function helloText(nonce: string): string {
  return `${SUBPROTOCOL}\nhello\n${nonce}`;
}

/** Signed for an alert over HTTP. */
export function alertText(alert_id: AlertId): string {
  return `${SUBPROTOCOL}\nalert\n${alert_id}`;
}

/** An enrolment code as it is signed and looked up: only letters and digits, upper case. */
export function normalCode(code: string): string {
  return code.replace(/[^A-Za-z0-9]/g, '').toUpperCase();
}

export function base64url(bytes: ArrayBuffer): string {
  const text = String.fromCharCode(...new Uint8Array(bytes));
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
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
