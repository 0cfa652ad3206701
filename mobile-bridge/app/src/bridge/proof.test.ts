import { expect, it } from 'vitest';
import vectors from '../../../../protocol/vectors/proofs.json';
import { newId } from './ambient';
import { alertText, cardText, enrolText, helloText, makeKeys, normalCode, publicKey, requestText, sha256Hex, sign } from './proof';

const raw = (text: string) => new Uint8Array(Buffer.from(text, 'base64url'));
const ECDSA = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

it.each(vectors)('vector: $name', async ({ purpose, inputs, text, public_key, signature, fits }) => {
  const made = {
    enrol: () => enrolText(normalCode(inputs.code ?? ''), inputs.public_key ?? ''),
    hello: () => helloText(inputs.nonce ?? ''),
    alert: () => alertText(inputs.alert_id ?? ''),
    card: () => cardText(normalCode(inputs.card ?? ''), inputs.public_key ?? ''),
    request: () => requestText(inputs.method ?? '', inputs.path ?? '', inputs.body_sha256 ?? ''),
  }[purpose as 'enrol' | 'hello' | 'alert' | 'card' | 'request']();
  expect(made).toBe(text);
  const key = await crypto.subtle.importKey('raw', raw(public_key), ECDSA, false, ['verify']);
  expect(await crypto.subtle.verify(ECDSA, key, raw(signature), new TextEncoder().encode(made))).toBe(fits);
});

it('names a body by its SHA-256', async () => {
  const body = new TextEncoder().encode('{"kind":"fcm","token":"abc"}');
  expect(await sha256Hex(body)).toBe(vectors.find(({ name }) => name.includes('"token":"abc"'))?.inputs.body_sha256);
  expect(await sha256Hex(new Uint8Array())).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
});

it('signs with a key that cannot be taken out', async () => {
  const keys = await makeKeys();
  expect(keys.privateKey.extractable).toBe(false);
  const point = raw(await publicKey(keys));
  expect([point.length, point[0]]).toEqual([65, 4]);
  const signature = raw(await sign(keys, 'text'));
  expect(signature.length).toBe(64);
  expect(await crypto.subtle.verify(ECDSA, keys.publicKey, signature, new TextEncoder().encode('text'))).toBe(true);
});

it('makes ids that sort by time', () => {
  const id = newId(0x01a2_0174_3500);
  expect(id).toMatch(/^01a20174-3500-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});
