// The same vectors that the Rust side passes: protocol/vectors/README.md.
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const protocol = resolve(dirname(fileURLToPath(import.meta.url)), '../../../protocol');
const vectors = <T>(file: string): T[] => JSON.parse(readFileSync(`${protocol}/vectors/${file}`, 'utf8')) as T[];
const bytes = (text: string): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.from(text, 'base64url'));

/** The compiler reads its libraries first; on a busy machine that takes a while. */
const COMPILER_MS_MAX = 60_000;

interface Valid {
  name: string;
  type: string;
  value: unknown;
}

interface Proof {
  name: string;
  public_key: string;
  text: string;
  signature: string;
  fits: boolean;
}

/** What the compiler says of `source`, checked strictly against the generated types. */
function complaints(source: string): string[] {
  const file = `${protocol}/ts/vectors.check.ts`;
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es5.d.ts'],
    types: [],
    skipLibCheck: true,
  };
  const host = ts.createCompilerHost(options);
  const read = host.getSourceFile.bind(host);
  host.getSourceFile = (name, target) =>
    name === file ? ts.createSourceFile(name, source, target) : read(name, target);
  const program = ts.createProgram([file], options, host);
  return ts.getPreEmitDiagnostics(program).map((d) => ts.flattenDiagnosticMessageText(d.messageText, '\n'));
}

describe('the test vectors of the protocol', () => {
  const valid = vectors<Valid>('valid.json');
  const constants = valid.map((v, i) => `const v${i}: p.${v.type} = ${JSON.stringify(v.value)};\nvoid v${i};`);
  const source = (extra: string) => `import type * as p from './protocol';\n${constants.join('\n')}\n${extra}`;

  it('are values of the generated types', () => {
    expect(valid.length).toBeGreaterThan(10);
    expect(complaints(source(''))).toEqual([]);
  }, COMPILER_MS_MAX);

  it('would be refused with a wrong type', () => {
    expect(complaints(source("const wrong: p.PhoneFrame = { type: 'sing' };\nvoid wrong;"))).not.toEqual([]);
  }, COMPILER_MS_MAX);

  it.each(vectors<Proof>('proofs.json'))('proof: $name', async ({ public_key, text, signature, fits }) => {
    const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
    const key = await crypto.subtle.importKey('raw', bytes(public_key), algorithm, false, ['verify']);
    const scheme = { name: 'ECDSA', hash: 'SHA-256' };
    expect(await crypto.subtle.verify(scheme, key, bytes(signature), new TextEncoder().encode(text))).toBe(fits);
  });
});
