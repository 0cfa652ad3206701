import type { FigureGroup, FigureOf } from '@protocol';
import { describe, expect, it } from 'vitest';
import { noFigures, someFigures } from '../../testing/figures';
import { leadsOf } from '../../testing/leads';
import { Format } from '../i18n/format';
import { en as figuresEn } from '../i18n/figures/en';
import { vi as figuresVi } from '../i18n/figures/vi';
import { en } from '../i18n/en';
import { vi } from '../i18n/vi';
import { Amounts } from './amounts';
import { leadText } from './lead_words';
import type { Lead } from './leads';
import { leadAt, type Table } from './table';
import { countryTable, courseTable, deskTable, dispositionTable, hourTable, kindTable, timesTable, weekdayTable } from './tables';
import type { FigureWords } from './words';

const words = (language: 'vi' | 'en'): FigureWords => {
  const t = language === 'vi' ? vi : en;
  return { f: language === 'vi' ? figuresVi : figuresEn, t, format: new Format(language, t), amounts: new Amounts(language), countryName: (code) => `<${code}>` };
};
const w = words('vi');
const figures = someFigures();
const said = (lead: Lead, language: 'vi' | 'en' = 'vi', of = figures) => leadText(lead, of, words(language)).replaceAll('\u00A0', ' ');

/** Where the numbers of a table lead, and the numbers. */
function leadsIn({ rows }: Table): [Lead, unknown][] {
  return rows.flatMap((row) => row.flatMap(({ lead, value }): [Lead, unknown][] => (lead ? [[lead, value]] : [])));
}

describe('the numbers of a table', () => {
  const expected = (by: FigureGroup['by']) => leadsOf(figures).filter(([{ group }]) => group?.by === by);

  it.each([
    ['span', courseTable],
    ['hour', hourTable],
    ['weekday', weekdayTable],
    ['kind', kindTable],
    ['disposition', dispositionTable],
    ['country', countryTable],
    ['desk', deskTable],
  ] as const)('lead each to its cases: %s', (by, make) => {
    expect(expected(by).length).toBeGreaterThan(0);
    expect(leadsIn(make(figures, w))).toEqual(expected(by));
  });

  it('of times lead to the cases with that time, and to those without', () => {
    const of = ([{ of: what }, n]: [Lead, unknown]) => [what, n];
    expect(leadsIn(timesTable(figures, w)).map(of)).toEqual([
      ['received', 1_272],
      ['not_received', 12],
      ['rang', 1_281],
      ['not_rung', 3],
      ['claimed', 1_264],
      ['not_claimed', 20],
      ['closed', 1_243],
      ['open', 41],
    ]);
  });

  it('that are none lead nowhere', () => {
    for (const row of hourTable(noFigures(), w).rows) expect(leadAt(row, 1)).toBeNull();
    expect(leadAt(hourTable(figures, w).rows[21] ?? [], 1)).toEqual({ of: 'cases', group: { by: 'hour', hour: 21 } });
  });
});

describe('where a number leads', () => {
  const lines = (group: FigureGroup, language: 'vi' | 'en' = 'vi', of = figures) => said({ of: 'claimed', group }, language, of);

  it('is said in words of its own for each, in both languages', () => {
    for (const language of ['vi', 'en'] as const) {
      const plain = Object.keys(figuresVi.behind.title).filter((of) => !of.includes('within')) as Exclude<FigureOf, 'within' | 'not_within'>[];
      const drills = Object.keys(figuresVi.behind.drills) as (keyof typeof figuresVi.behind.drills)[];
      const all = [
        ...plain.map((of) => said({ of }, language)),
        ...(['within', 'not_within'] as const).flatMap((of) => [15, 20].map((within_s) => said({ of, within_s }, language))),
        ...drills.map((of) => said({ of, drills: true }, language)),
      ];
      expect(all).toHaveLength(21 + 4 + 5);
      expect(new Set(all).size).toBe(all.length);
    }
  });

  it('names the seconds of a target, and drills', () => {
    expect(said({ of: 'not_within', within_s: 15 })).toBe('Ca chưa nhận trong 15 giây');
    expect(said({ of: 'within', within_s: 90 }, 'en')).toBe('Cases claimed within 1 min 30 secs');
    expect(said({ of: 'not_claimed', drills: true })).toBe('Diễn tập chưa có người nhận');
  });

  it.each<[FigureGroup, string, string]>([
    [{ by: 'hour', hour: 9 }, '09:00–09:59', '09:00–09:59'],
    [{ by: 'weekday', weekday: 6 }, 'Chủ Nhật', 'Sunday'],
    [{ by: 'country', country: 'TW' }, '<TW>', '<TW>'],
    [{ by: 'country', country: null }, 'Không rõ nước', 'Country not known'],
    [{ by: 'desk', desk_id: 'jp-tokyo' }, 'Tokyo', 'Tokyo'],
    [{ by: 'kind', kind: 'injured' }, 'Bị thương', 'Injured'],
    [{ by: 'kind' }, 'Không nói', 'Not said'],
    [{ by: 'disposition', disposition: 'false_alarm' }, 'Báo nhầm', 'False alarm'],
    [{ by: 'disposition', disposition: null }, 'Chưa đóng', 'Not closed'],
  ])('names the line: %o', (group, inVi, inEn) => {
    expect(lines(group)).toBe(`Ca đã có người nhận · ${inVi}`);
    expect(lines(group, 'en')).toBe(`Cases that were claimed · ${inEn}`);
  });

  it('names a span by how long it is', () => {
    const group: FigureGroup = { by: 'span', from: '2026-10-05' };
    expect(lines(group)).toBe('Ca đã có người nhận · mở ngày 05/10/2026');
    expect(lines(group, 'vi', { ...figures, spans: 'week' })).toBe('Ca đã có người nhận · mở trong tuần từ 05/10/2026');
    expect(lines(group, 'vi', { ...figures, spans: 'month' })).toBe('Ca đã có người nhận · mở trong tháng 10/2026');
    expect(lines(group, 'en', { ...figures, spans: 'week' })).toBe('Cases that were claimed · opened in the week from 05/10/2026');
  });
});
