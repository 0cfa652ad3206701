import type { CaseFileFault } from '@protocol';
import { describe, expect, it } from 'vitest';
import { caseFileEn } from '../i18n/case_file_en';
import { caseFileVi } from '../i18n/case_file_vi';
import { describeFault } from './case_file';

const FAULTS: [CaseFileFault, string, string][] = [
  [{ what: 'changed', part: 'timeline/3' }, 'Bị sửa: diễn biến, mục 4', 'Changed: course of events, item 4'],
  [{ what: 'missing', part: 'positions' }, 'Bị bớt: vị trí', 'Taken out: positions'],
  [{ what: 'added', part: 'note' }, 'Bị thêm: note', 'Put in: note'],
  [{ what: 'not_json', line: 2, column: 6 }, 'Không đọc được, từ dòng 2, cột 6', 'Not readable, from line 2, column 6'],
  [{ what: 'other_key', key_id: 'k' }, 'Ký bằng khoá không phải của hệ thống này', 'Signed with a key that is not this service’s'],
];

describe('what is not as it was signed', () => {
  it.each(FAULTS)('%o', (fault, vi, en) => {
    expect(describeFault(fault, caseFileVi.check)).toBe(vi);
    expect(describeFault(fault, caseFileEn.check)).toBe(en);
  });
});
