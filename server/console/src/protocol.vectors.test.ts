// The test vectors of the protocol against the generated TypeScript: see protocol/vectors/README.md.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { webcrypto } from 'node:crypto';
import type { FeedFrame } from '@protocol';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { emptyFeed, reduce } from './lib/feed/state';

const PROTOCOL = fileURLToPath(new URL('../../../protocol/', import.meta.url));

function vectors<T>(file: string): (T & { name: string })[] {
  return JSON.parse(readFileSync(join(PROTOCOL, 'vectors', file), 'utf8'));
}

/** What the compiler has to say when `values` are given to variables of those types of the protocol. */
function compilerSays(values: { type: string; value: unknown }[]): string[] {
  const path = join(PROTOCOL, 'ts', 'vectors.check.ts');
  const text = [
    "import type * as protocol from './protocol';",
    ...values.map(({ type, value }, i) => `export const v${i}: protocol.${type} = ${JSON.stringify(value)};`),
  ].join('\n');
  const options: ts.CompilerOptions = { strict: true, noEmit: true, skipLibCheck: true, types: [], target: ts.ScriptTarget.ES2022 };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (name) => name === path || fileExists(name);
  host.getSourceFile = (name, ...rest) =>
    name === path ? ts.createSourceFile(name, text, ts.ScriptTarget.ES2022) : getSourceFile(name, ...rest);
  host.getCurrentDirectory = () => dirname(path);
  const program = ts.createProgram([path], options, host);
  return ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}

describe('valid values', () => {
  const valid = vectors<{ type: string; value: unknown }>('valid.json');

  it('are of the types that they are said to be', () => {
    expect(valid.length).toBeGreaterThan(0);
    expect(compilerSays(valid)).toEqual([]);
  });

  it('are told from invalid ones', () => {
    const wrong = [
      { type: 'ConsoleFrame', value: { type: 'resume' } },
      { type: 'Claim', value: { version: '1' } },
      { type: 'Claim', value: { version: 1, by: 'me' } },
      { type: 'CaseState', value: 'opened' },
    ];
    expect(compilerSays(wrong)).toHaveLength(wrong.length);
  });

  it('of the feed are all taken in', () => {
    const frames = valid.filter(({ type }) => type === 'FeedFrame').map(({ value }) => value as FeedFrame);
    expect(frames.length).toBeGreaterThan(0);
    expect(() => reduce(emptyFeed, frames)).not.toThrow();
  });
});

it('the errors of broken frames, and what is read from broken alerts, are of the types of the protocol', () => {
  const errors = vectors<{ error: string }>('broken.json').map(({ error }) => ({ type: 'ErrorCode', value: error }));
  const alerts = vectors<{ alert: unknown; dropped: unknown[] }>('alerts.json').flatMap(({ alert, dropped }) => [
    { type: 'Alert', value: alert },
    ...dropped.map((value) => ({ type: 'DroppedField', value })),
  ]);
  expect(compilerSays([...errors, ...alerts])).toEqual([]);
});

describe('proofs', () => {
  type Proof = { public_key: string; text: string; signature: string; fits: boolean };

  it.each(vectors<Proof>('proofs.json'))('$name', async ({ public_key, text, signature, fits }) => {
    const bytes = (base64url: string) => Buffer.from(base64url, 'base64url');
    const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
    const key = await webcrypto.subtle.importKey('raw', bytes(public_key), algorithm, false, ['verify']);
    const good = await webcrypto.subtle.verify(algorithm, key, bytes(signature), new TextEncoder().encode(text));
    expect(good).toBe(fits);
  });
});
