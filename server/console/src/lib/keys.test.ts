import { expect, it } from 'vitest';
import { keyAction, keyOf, KEYS } from './keys';

const press = (key: string, change = {}) => ({ key, ctrlKey: false, altKey: false, metaKey: false, repeat: false, ...change });
const free = { typing: false, enabled: true };

it('reads single keys in either case', () => {
  expect(keyAction(press('c'), free)).toBe('claim');
  expect(keyAction(press('C'), free)).toBe('claim');
  expect(keyAction(press('/'), free)).toBe('search');
  expect(keyAction(press('q'), free)).toBeNull();
});

it('leaves alone what is typed, what belongs to the browser, and everything when switched off', () => {
  expect(keyAction(press('c'), { ...free, typing: true })).toBeNull();
  expect(keyAction(press('c', { ctrlKey: true }), free)).toBeNull();
  expect(keyAction(press('c'), { ...free, enabled: false })).toBeNull();
});

it('repeats only moving when a key is held down', () => {
  expect(keyAction(press('c', { repeat: true }), free)).toBeNull();
  expect(keyAction(press('j', { repeat: true }), free)).toBe('next');
});

it('gives every key one meaning', () => {
  expect(new Set(KEYS.map(({ key }) => key)).size).toBe(KEYS.length);
  expect(new Set(KEYS.map(({ action }) => action)).size).toBe(KEYS.length);
  expect(keyAction(press('e'), free)).toBe('raise');
  expect(keyOf('assign')).toBe('A');
});
