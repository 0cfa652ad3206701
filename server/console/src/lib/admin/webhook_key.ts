/** As many bytes as the signature has. */
const KEY_BYTES = 32;

/** A new key to sign with, as Standard Webhooks write it. */
export function newWebhookKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(KEY_BYTES));
  return `whsec_${btoa(String.fromCharCode(...bytes))}`;
}
