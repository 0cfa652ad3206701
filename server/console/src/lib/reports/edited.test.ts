import { REPORT_MEASURES_MAX, REPORT_TEXT_CHARS_MAX } from '@protocol';
import { describe, expect, it } from 'vitest';
import { aWrittenReport } from '../../testing/reports';
import { NOON } from '../../testing/samples';
import { bodyOf, editedOf, faultsOf, isDay, isSame, lacksOf, lengthOf } from './edited';

const question = (n: number, answer = '') => ({ question: n, round: 1, at_ms: NOON, by: 'Trà', text: 'Vì sao?', answer });
const planned = { measure_id: 'm', text: 'Nhắc chủ', owner: 'Lan', due: '2026-12-31', overdue: false };

describe('what is written', () => {
  it('goes to the service as it came from there', () => {
    const view = aWrittenReport({ measures: [{ ...planned, owner_id: 's2' }, { ...planned, measure_id: 'n' }], questions: [question(1, 'Có'), question(2)] });
    const body = bodyOf(editedOf(view), view.version);
    expect(body).toMatchObject({ version: 1, cause: 'Chủ say rượu', answers: [{ question: 1, text: 'Có' }] });
    expect(body.measures).toEqual([
      { measure_id: 'm', text: 'Nhắc chủ', owner: 'Lan', due: '2026-12-31', owner_id: 's2' },
      { measure_id: 'n', text: 'Nhắc chủ', owner: 'Lan', due: '2026-12-31' },
    ]);
  });

  it('is the same while an answer is only blank', () => {
    const edited = editedOf(aWrittenReport({ questions: [question(1)] }));
    expect(isSame({ ...edited, answers: { 1: '  ' } }, edited)).toBe(true);
    expect(isSame({ ...edited, answers: { 1: 'Có' } }, edited)).toBe(false);
  });

  it('is counted as the service counts it', () => {
    expect([lengthOf('ế'), lengthOf('😀'), lengthOf('')]).toEqual([1, 1, 0]);
  });
});

describe('before it is saved', () => {
  const edited = editedOf(aWrittenReport());

  it('every fault is named', () => {
    const measure = { measure_id: 'm', text: ' ', owner: '', owner_id: null, due: '2026-02-30', isDone: false };
    const faults = faultsOf({ ...edited, cause: 'x'.repeat(REPORT_TEXT_CHARS_MAX + 1), measures: [measure], answers: { 3: 'x'.repeat(2001) } });
    expect(faults).toEqual([
      { in: 'passage', passage: 'cause' },
      { in: 'answer', question: 3 },
      { in: 'measure', n: 1, what: 'text' },
      { in: 'measure', n: 1, what: 'owner' },
      { in: 'measure', n: 1, what: 'due' },
    ]);
    const many = Array.from({ length: REPORT_MEASURES_MAX + 1 }, (_, i) => ({ ...planned, measure_id: `${i}`, owner_id: null, isDone: false }));
    expect(faultsOf({ ...edited, measures: many })).toEqual([{ in: 'measures' }]);
  });

  it('only days that there are count', () => {
    expect(['2026-02-28', '2028-02-29', '2027-02-29', '2026-13-01', '1999-12-31', '', '2026-1-1'].map(isDay)).toEqual([true, true, false, false, false, false, false]);
  });
});

it('before it is submitted everything that is missing is named', () => {
  const view = aWrittenReport({ questions: [question(1, 'Có'), question(2)] });
  expect(lacksOf(editedOf(view), view)).toEqual(['answers']);
  expect(lacksOf({ ...editedOf(view), cause: ' ', lessons: '', answers: { 1: 'a', 2: 'b' } }, view)).toEqual(['cause', 'lessons']);
});
