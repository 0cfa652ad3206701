import { expect, it } from 'vitest';
import { CARDS } from './cards';
import { DRILL } from './drill';
import { en as main_en } from './en';
import { PINS } from './pins';
import { vi as main_vi } from './vi';

const vi = { ...main_vi, drill: DRILL.vi, pins: PINS.vi };
const en = { ...main_en, drill: DRILL.en, pins: PINS.en };

function leaves(value: unknown, path = ''): [string, unknown][] {
  if (typeof value !== 'object' || value === null) return [[path, value]];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, path ? `${path}.${key}` : key));
}

it('is the same set in both languages', () => {
  expect(leaves(en).map(([path]) => path)).toEqual(leaves(vi).map(([path]) => path));
});

it('is nowhere empty', () => {
  for (const [path, text] of [...leaves(vi), ...leaves(en), ...leaves(CARDS)]) {
    if (typeof text === 'string') expect(text.trim(), path).not.toBe('');
  }
});

it('takes the same things into its sentences', () => {
  const arity = (texts: unknown) => leaves(texts).map(([path, text]) => [path, typeof text === 'function' ? text.length : 0]);
  expect(arity(en)).toEqual(arity(vi));
});

it('never promises more than is true', () => {
  const words = [...leaves(vi), ...leaves(en)].filter(([, text]) => typeof text === 'string') as [string, string][];
  for (const [path, text] of words) {
    expect(text, path).not.toMatch(/help is (on|coming)|will come|sẽ (vẫn )?đến|vẫn đến|đang đến|^đã gửi[.!]?$|^sent[.!]?$/i);
  }
});
