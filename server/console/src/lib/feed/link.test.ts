import { expect, it } from 'vitest';
import { linkState } from './link';

it.each([
  [null, 0, 'connecting'],
  [0, 14_999, 'good'],
  [0, 15_000, 'amber'],
  [0, 29_999, 'amber'],
  [0, 30_000, 'red'],
  [null, 15_000, 'amber'],
  [null, 30_000, 'red'],
] as const)('heard at %s, it is %s ms: %s', (heardAt, now, expected) => {
  expect(linkState(heardAt, 0, now)).toBe(expected);
});
