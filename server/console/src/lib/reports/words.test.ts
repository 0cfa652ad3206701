import { describe, expect, it } from 'vitest';
import { aReport, aWrittenReport } from '../../testing/reports';
import { NOON } from '../../testing/samples';
import { Format } from '../i18n/format';
import { en } from '../i18n/reports/en';
import { vi as reportsVi } from '../i18n/reports/vi';
import { vi } from '../i18n/vi';
import { editedOf } from './edited';
import { pathOf } from './lists';
import { daysOf, dueText, isOpenAgain, stateText, stepText, timeParts, unsavedText, zoneText, type ReportWording } from './words';

const w: ReportWording = { r: reportsVi, t: vi, format: new Format('vi', vi) };
const HOUR_MS = 3_600_000;

function leaves(value: unknown, path = ''): [string, unknown][] {
  if (typeof value !== 'object' || value === null) return [[path, value]];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, path ? `${path}.${key}` : key));
}

describe('texts of reports', () => {
  it('are the same set in both languages, and nowhere empty', () => {
    const shape = (texts: unknown) => leaves(texts).map(([path, text]) => [path, typeof text === 'function' ? text.length : 0]);
    expect(shape(en)).toEqual(shape(reportsVi));
    for (const [path, text] of [...leaves(en), ...leaves(reportsVi)]) if (typeof text === 'string') expect(text.trim(), path).not.toBe('');
  });
});

describe('what is said of a report', () => {
  it('names its state, and that nobody has written one', () => {
    expect(stateText(aReport(), w)).toBe('Chưa viết');
    expect(stateText({ state: 'returned', version: 3 }, w)).toBe('Bộ trả lại, có câu hỏi');
  });

  it('says by when it is owed by the clocks that it names, and how late it is', () => {
    const owed = { due_ms: NOON, overdue: false };
    expect(dueText(owed, NOON - 1, 'Asia/Taipei', w)).toEqual({ text: 'Nộp trước 13:00 22/11/2026', isLate: false });
    expect(dueText({ ...owed, overdue: true }, NOON + 49 * HOUR_MS, 'Asia/Ho_Chi_Minh', w)).toEqual({ text: 'QUÁ HẠN 2 ngày. Phải nộp trước 12:00 22/11/2026', isLate: true });
    expect(dueText({ due_ms: null, overdue: false }, NOON, 'UTC', w)).toBeNull();
    expect([zoneText('Asia/Taipei', w), zoneText('Asia/Ho_Chi_Minh', w), zoneText('UTC', w)]).toEqual(['giờ sở tại (Asia/Taipei)', 'giờ Hà Nội (Asia/Ho_Chi_Minh)', 'UTC']);
  });

  it('tells its steps, also one of a newer service', () => {
    expect(stepText({ did: 'report_submitted', by: 'Đức' }, w)).toBe('Đức nộp báo cáo cho Bộ');
    expect(stepText({ did: 'duress', by: null }, w)).toContain('Người lao động báo bị ép');
    expect(stepText({ did: 'brand_new', by: 'Đức' }, w)).toBe('Đức thay đổi báo cáo');
    expect(stepText({ did: 'toString', by: null }, w)).toBe('Hệ thống thay đổi báo cáo');
  });

  it('has the lines of a part day by day', () => {
    const { drafted } = aReport();
    const [first] = drafted.lines;
    const lines = first ? [...drafted.lines, { ...first, seq: 9, at: '00:01:00 23/11/2026' }] : [];
    expect(daysOf({ ...drafted, lines }, 'course').map(({ day, lines }) => [day, lines.map(({ time }) => time)])).toEqual([
      ['22/11/2026', ['11:50:00', '11:50:12', '12:00:00']],
      ['23/11/2026', ['00:01:00']],
    ]);
    expect(timeParts('Đến khi nhận ca: 25,0 giây (quá hạn mục tiêu: 20,0 giây)')).toEqual({ what: 'Đến khi nhận ca', took: '25,0 giây (quá hạn mục tiêu: 20,0 giây)' });
  });

  it('says that the case is open again until it is closed again', () => {
    const { drafted } = aReport();
    const [first] = drafted.lines;
    const then = (...kinds: string[]) => ({ drafted: { ...drafted, lines: [...drafted.lines, ...kinds.flatMap((kind) => (first ? [{ ...first, kind }] : []))] } });
    expect([isOpenAgain(then()), isOpenAgain(then('reopened')), isOpenAgain(then('duress')), isOpenAgain(then('reopened', 'closed'))]).toEqual([false, true, true, false]);
  });

  it('gives what is not on record, to be copied', () => {
    const view = aWrittenReport();
    const measures = [{ measure_id: 'm', text: 'Nhắc chủ', owner: 'Lan', owner_id: null, due: '2026-12-31', isDone: false }];
    expect(unsavedText({ ...editedOf(view), cause: 'Ngã', measures }, view, w)).toBe('Nguyên nhân:\nNgã\n\nViệc 1:\nNhắc chủ\nLan · xong trước hết ngày 31/12/2026');
  });
});

it('a list is asked for without what is not chosen', () => {
  expect(pathOf({ of: 'all', desk: null }, null)).toBe('/api/reports');
  expect(pathOf({ of: 'missing', desk: 'tw-taipei' }, 41)).toBe('/api/reports?of=missing&desk=tw-taipei&after=41');
});
