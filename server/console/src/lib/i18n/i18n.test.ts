import type { Problem } from '@protocol';
import { describe, expect, it } from 'vitest';
import { aCase, NOON } from '../../testing/samples';
import { ApiError } from '../http/problem';
import { describeError, describePlace, describeRouting, type Words } from './describe';
import { en } from './en';
import { Format } from './format';
import { vi } from './vi';

function leaves(value: unknown, path = ''): [string, unknown][] {
  if (typeof value !== 'object' || value === null) return [[path, value]];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, path ? `${path}.${key}` : key));
}

const NAMES: Record<string, string> = { TW: 'Đài Loan', TH: 'Thái Lan', MM: 'Myanma' };
const words: Words = { t: vi, format: new Format('vi', vi), countryName: (code) => NAMES[code] ?? code };

describe('texts', () => {
  it('are the same set in both languages', () => {
    expect(leaves(en).map(([path]) => path)).toEqual(leaves(vi).map(([path]) => path));
  });

  it('are nowhere empty', () => {
    for (const [path, text] of [...leaves(vi), ...leaves(en)]) if (typeof text === 'string') expect(text.trim(), path).not.toBe('');
  });

  it('take the same things into their sentences', () => {
    const arity = (texts: unknown) => leaves(texts).map(([path, text]) => [path, typeof text === 'function' ? text.length : 0]);
    expect(arity(en)).toEqual(arity(vi));
  });
});

describe('formats', () => {
  const f = words.format;

  it('show Hà Nội time and that of the post', () => {
    expect(f.clock(NOON)).toBe('12:00:00');
    expect(f.clock(NOON, 'Asia/Taipei')).toBe('13:00:00');
    expect(f.hourMinute(Date.UTC(2026, 0, 1, 17, 5))).toBe('00:05');
  });

  it('survive a time zone that does not exist', () => {
    expect(f.clock(NOON, 'Asia/Nowhere')).toBe('12:00:00');
  });

  it('add the day only where it is not today', () => {
    expect(f.moment(NOON, NOON)).toBe('12:00:00');
    expect(f.moment(NOON - 86_400_000, NOON)).toBe('12:00:00 21/11');
  });

  it.each([
    [0, '0 giây'],
    [59_999, '59 giây'],
    [60_000, '1 phút'],
    [12 * 60_000, '12 phút'],
    [3_600_000, '1 giờ'],
    [72 * 3_600_000, '3 ngày'],
    [-5, '0 giây'],
  ])('a span of %s ms is "%s"', (ms, expected) => expect(f.span(ms)).toBe(expected));

  it.each([
    [42_000, '0:42'],
    [725_000, '12:05'],
    [3 * 3_600_000 + 61_000, '3:01:01'],
  ])('a countdown of %s ms is %s', (ms, expected) => expect(f.countdown(ms)).toBe(expected));

  it('measure in metres and kilometres', () => {
    expect([f.distance(0.3), f.distance(12.4), f.distance(3_400), f.distance(34_200)]).toEqual(['1 m', '12 m', '3,4 km', '34 km']);
  });
});

describe('what is said of a case', () => {
  it('explains why it is at this desk', () => {
    const say = (routing: object) =>
      describeRouting({ basis: 'polygon', others: [], no_desk_for_country: false, ...routing }, words);
    expect(say({ basis: 'offshore', country: 'TW', offshore_km: 34.2 })).toEqual(['Ngoài khơi, cách lãnh hải gần nhất 34 km']);
    expect(say({ basis: 'border', country: 'TH', others: ['MM'] })).toEqual(['Gần biên giới: Thái Lan, Myanma']);
    expect(say({ basis: 'contract_country', country: 'TW' })).toEqual(['Không có vị trí – theo nước ký hợp đồng']);
    expect(say({ country: 'TW', no_desk_for_country: true })).toHaveLength(2);
  });

  it('names the place', () => {
    expect(describePlace(aCase(), words)).toBe('Đài Loan');
  });
});

describe('what went wrong', () => {
  const problem = (change: Partial<Problem>): ApiError =>
    new ApiError({ kind: 'problem', problem: { type: '', title: '', status: 409, code: 'stale_version', ...change } });

  it('names who was faster, and when', () => {
    const conflict = { did: 'claimed', by: 'Minh', at_ms: Date.UTC(2026, 10, 22, 7, 3, 12), version: 2 };
    expect(describeError(problem({ conflict }), words).text).toBe('Minh đã nhận ca này lúc 14:03:12');
    const nobody = { ...conflict, did: 'cancelled', by: null };
    expect(describeError(problem({ conflict: nobody }), words).text).toBe('Người khác vừa thay đổi ca này lúc 14:03:12');
  });

  it('has words for every failure, also for a code that it does not know', () => {
    expect(describeError(new ApiError({ kind: 'timeout' }), words).text).toBe(vi.failure.timeout);
    expect(describeError(problem({ code: 'brand_new' as never }), words).text).toBe(vi.problem.internal);
    expect(describeError(new TypeError('x'), words).text).toBe(vi.problem.internal);
  });
});
