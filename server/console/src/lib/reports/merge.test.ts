import { describe, expect, it } from 'vitest';
import { NOTHING_WRITTEN, type Edited, type EditedMeasure } from './edited';
import { differs, merge, stillDiffering } from './merge';

const measure = (measure_id: string, change: Partial<EditedMeasure> = {}): EditedMeasure => ({
  measure_id,
  text: 'Nhắc chủ',
  owner: 'Lan',
  owner_id: null,
  due: '2026-12-31',
  isDone: false,
  ...change,
});
const written = (change: Partial<Edited> = {}): Edited => ({ ...NOTHING_WRITTEN, cause: 'A', done: 'B', lessons: 'C', ...change });

describe('two who write at once', () => {
  it('each keep what only they changed', () => {
    const { edited, differing } = merge(written(), written({ cause: 'mine' }), written({ lessons: 'theirs', answers: { 1: 'yes' } }));
    expect(edited).toEqual(written({ cause: 'mine', lessons: 'theirs', answers: { 1: 'yes' } }));
    expect(differs(differing)).toBe(false);
  });

  it('see the words of the other below their own where both wrote', () => {
    const { edited, differing } = merge(
      written({ answers: { 1: 'old' } }),
      written({ cause: 'mine', answers: { 1: 'mine', 2: 'new' } }),
      written({ cause: 'theirs', answers: { 1: 'theirs' } }),
    );
    expect([edited.cause, edited.answers[1], edited.answers[2]]).toEqual(['mine', 'mine', 'new']);
    expect(differing).toEqual({ passages: { cause: 'theirs' }, answers: { 1: 'theirs' }, measures: {} });
  });

  it('differ in nothing where both wrote the same', () => {
    const { differing } = merge(written(), written({ cause: 'same' }), written({ cause: 'same' }));
    expect(differs(differing)).toBe(false);
  });

  it('differ no longer once one took the words of the other', () => {
    const old = { passages: { cause: 'theirs', done: 'theirs' }, answers: { 1: 'theirs' }, measures: { m: measure('m') } };
    const mine = written({ cause: 'theirs', done: 'mine', answers: { 1: 'x' }, measures: [measure('m')] });
    const theirs = written({ cause: 'theirs', done: 'newer', answers: { 1: 'x' }, measures: [measure('m')] });
    expect(stillDiffering(old, mine, theirs)).toEqual({ passages: { done: 'newer' }, answers: {}, measures: {} });
  });
});

describe('measures of two who write at once', () => {
  const ids = ({ measures }: Edited) => measures.map(({ measure_id }) => measure_id);
  const of = (...measures: EditedMeasure[]) => written({ measures });

  it('are all there when each adds one', () => {
    expect(ids(merge(of(measure('a')), of(measure('a'), measure('b')), of(measure('a'), measure('c'))).edited)).toEqual(['a', 'c', 'b']);
  });

  it('are gone where one took out what the other left alone', () => {
    const base = of(measure('a'), measure('b'));
    expect(ids(merge(base, of(measure('b')), base).edited)).toEqual(['b']);
    expect(ids(merge(base, base, of(measure('b'))).edited)).toEqual(['b']);
  });

  it('stay where one took out what the other changed, or did', () => {
    const base = of(measure('a'));
    expect(ids(merge(base, of(), of(measure('a', { text: 'Khác' }))).edited)).toEqual(['a']);
    expect(ids(merge(base, of(), of(measure('a', { isDone: true }))).edited)).toEqual(['a']);
    expect(ids(merge(base, of(measure('a', { owner: 'Minh' })), of()).edited)).toEqual(['a']);
  });

  it('are one’s own where both changed them, with the other’s beside it', () => {
    const theirs = measure('a', { text: 'Của Minh', isDone: true });
    const { edited, differing } = merge(of(measure('a')), of(measure('a', { text: 'Của tôi' })), of(theirs));
    expect(edited.measures).toEqual([measure('a', { text: 'Của tôi', isDone: true })]);
    expect(differing.measures).toEqual({ a: theirs });
  });
});
