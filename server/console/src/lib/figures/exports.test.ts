import { describe, expect, it } from 'vitest';
import { isUnderWay, queryOfExport, sizeText } from './exports';
import { anExport } from '../../testing/figures';

describe('an export', () => {
  it('has a size that people read', () => {
    const size = (bytes: number) => sizeText(bytes, 'vi-VN').replace(/\u00A0/g, ' ');
    expect([size(850), size(12_345), size(151_200_000)]).toEqual(['850 byte', '12,3 kB', '151,2 MB']);
  });

  it('is under way until it is settled', () => {
    const states = ['waiting', 'running', 'done', 'failed', 'gone'] as const;
    expect(states.map((state) => isUnderWay(anExport({ state })))).toEqual([true, true, false, false, false]);
  });

  it('answers a question unless it is of one case', () => {
    expect(queryOfExport(anExport().of)).toMatchObject({ from: '2026-11-01' });
    expect(queryOfExport({ kind: 'report', case_id: 'c1' })).toBeNull();
  });
});
