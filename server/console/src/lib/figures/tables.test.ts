import { describe, expect, it } from 'vitest';
import { aCountryFigure, aDeskFigure, aQuery, noFigures, someFigures } from '../../testing/figures';
import { Format } from '../i18n/format';
import { en as figuresEn } from '../i18n/figures/en';
import { vi as figuresVi } from '../i18n/figures/vi';
import { en } from '../i18n/en';
import { vi } from '../i18n/vi';
import { Amounts, shareOf } from './amounts';
import { fileName } from './file';
import { headOf, tableCsv } from './table';
import { countryTable, courseTable, DESK_COLUMN, deskTable, dispositionTable, hourTable, kindTable, timesTable, weekdayTable } from './tables';
import { askedText, type FigureWords } from './words';

const NBSP = '\u00A0';
const plain = (text: string) => text.replaceAll(NBSP, ' ');
const words = (language: 'vi' | 'en'): FigureWords => {
  const t = language === 'vi' ? vi : en;
  return {
    f: language === 'vi' ? figuresVi : figuresEn,
    t,
    format: new Format(language, t),
    amounts: new Amounts(language),
    countryName: (code) => `<${code}>`,
  };
};
const w = words('vi');

function leaves(value: unknown, path = ''): [string, unknown][] {
  if (typeof value !== 'object' || value === null) return [[path, value]];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, path ? `${path}.${key}` : key));
}

describe('words of the figures', () => {
  it('are the same set in both languages, nowhere empty, and take the same things', () => {
    const shape = (texts: unknown) => leaves(texts).map(([path, text]) => [path, typeof text === 'function' ? text.length : text === '']);
    expect(shape(figuresEn)).toEqual(shape(figuresVi));
    for (const [path, text] of leaves(figuresVi)) expect(text, path).not.toBe('');
  });

  it('say the days and the clock', () => {
    expect(askedText({ query: aQuery() }, w)).toBe('Ca mở từ 01/11/2026 đến 22/11/2026, giờ Hà Nội (Asia/Ho_Chi_Minh).');
    expect(askedText({ query: aQuery({ from: '2026-11-22', zone: 'Asia/Taipei' }) }, words('en'))).toBe(
      'Cases opened on 22/11/2026, local time (Asia/Taipei).',
    );
  });
});

describe('amounts', () => {
  it.each([
    [0, '0 giây', '0 secs'],
    [440, '0,4 giây', '0.4 secs'],
    [15_400, '15,4 giây', '15.4 secs'],
    [59_949, '59,9 giây', '59.9 secs'],
    [59_960, '1 phút', '1 min'],
    [90_000, '1 phút 30 giây', '1 min 30 secs'],
    [3_599_600, '1 giờ', '1 hr'],
    [11_100_000, '3 giờ 5 phút', '3 hrs 5 mins'],
    [26 * 3_600_000, '26 giờ', '26 hrs'],
    [100 * 3_600_000, '4 ngày 4 giờ', '4 days 4 hrs'],
  ])('%d ms are %s, %s', (ms, inVi, inEn) => {
    expect(plain(new Amounts('vi').duration(ms))).toBe(inVi);
    expect(plain(new Amounts('en').duration(ms))).toBe(inEn);
  });

  it('are a dash where there are none', () => {
    expect(w.amounts.duration(undefined)).toBe('–');
    expect(w.amounts.share({ cases: 0, over: 0 })).toBe('–');
    expect(shareOf({ cases: 0, over: 0 })).toBe(0);
  });

  it('never say all where one is missing, nor none where there is one', () => {
    const share = (cases: number, over: number) => plain(w.amounts.share({ cases, over }));
    expect(share(9_999, 10_000)).toBe('> 99,9%');
    expect(share(1, 10_000)).toBe('< 0,1%');
    expect([share(10_000, 10_000), share(0, 10_000), share(7, 8)]).toEqual(['100%', '0%', '87,5%']);
    const reached = (cases: number, over: number) => plain(w.amounts.reached({ cases, over }, 90));
    expect([reached(1_110, 1_234), reached(9, 10), reached(898, 1_000), reached(0, 0)]).toEqual(['< 90%', '90%', '89,8%', '–']);
  });
});

describe('tables', () => {
  const figures = someFigures();

  it('have as many cells in each row as columns, in both languages', () => {
    for (const of of [figures, noFigures()])
      for (const language of ['vi', 'en'] as const)
        for (const make of [courseTable, hourTable, weekdayTable, kindTable, dispositionTable, timesTable, countryTable, deskTable]) {
          const { columns, rows } = make(of, words(language));
          for (const row of rows) expect(row).toHaveLength(columns.length);
        }
  });

  it('carry the figures as they came, durations in seconds', () => {
    expect(timesTable(figures, w).rows[2]?.map(({ value }) => value)).toEqual(['Có người nhận', 6.4, 19.2, 32, 1_264, 20]);
    expect(courseTable(figures, w).rows.map((row) => row[1]?.value)).toEqual(figures.course.map(({ opened }) => opened));
    const desk = deskTable(figures, w).rows[0];
    expect([desk?.[DESK_COLUMN.cases], desk?.[DESK_COLUMN.claimP90], desk?.[DESK_COLUMN.onTimeShare]].map((cell) => cell?.value)).toEqual([896, 19.2, 92.9688]);
  });

  it('name what has no name', () => {
    expect(countryTable(figures, w).rows.at(-1)?.[0]?.text).toBe('Không rõ nước');
    expect(countryTable(figures, w).rows.at(-1)?.at(-1)?.value).toBe('');
    expect(kindTable(figures, w).rows[0]?.[0]?.text).toBe('Không nói');
    expect(dispositionTable(figures, w).rows.some((row) => row[0]?.text === 'Chưa đóng')).toBe(true);
  });

  it('begin the week on Monday, and say by whose clock', () => {
    const { rows, columns } = weekdayTable(figures, w);
    expect([rows[0]?.[0]?.text, rows[6]?.[0]?.text]).toEqual(['Thứ Hai', 'Chủ Nhật']);
    expect(columns[0]?.title).toContain('Asia/Ho_Chi_Minh');
    expect(hourTable(figures, w).rows[23]?.[0]?.text).toBe('23:00–23:59');
  });

  it('name a whole month by itself', () => {
    const course = [{ from: '2026-10-15', opened: 1, closed: 1, on_time: 1 }, { from: '2026-11-01', opened: 2, closed: 0, on_time: 1 }];
    expect(courseTable({ ...figures, spans: 'month', course }, w).rows.map((row) => row[0]?.text)).toEqual(['15/10/2026', '11/2026']);
  });

  it('of hundreds are cut for drawing, with the sum of the rest', () => {
    const desks = Array.from({ length: 160 }, (_, i) => aDeskFigure(`d${i}`, `Bàn ${i}`, 10));
    const table = deskTable({ ...figures, by_desk: desks }, w);
    expect(table.rows).toHaveLength(160);
    expect(headOf(table, 12, 1)).toMatchObject({ more: 148, sum: 1_480 });
    // One more than is drawn takes no less room when it is said.
    expect(headOf({ ...table, rows: table.rows.slice(0, 13) }, 12, 1)).toMatchObject({ more: 0, sum: 0 });
  });
});

describe('files', () => {
  it('are CSV as spreadsheets take it, with numbers as numbers', () => {
    const csv = tableCsv(countryTable(someFigures({ by_country: [aCountryFigure('TW', 3)], cases: 4 }), w));
    const [head, row, end] = csv.split('\r\n');
    expect(head).toBe('\uFEFFNước,Ca,Tỷ lệ (%),"Đến lúc nhận, p50 (giây)","Đến lúc nhận, p90 (giây)",Ca đã nhận,Mã nước');
    expect(row).toBe('<TW>,3,75,6.1,18.3,3,TW');
    expect(end).toBe('');
  });

  it('quote what must be, and let no name be carried out as a formula', () => {
    const desks = ['=HYPERLINK("http://x")', '+84', '-1', '@a', '\tb', 'Đài "Bắc",\n1'].map((name, i) => aDeskFigure(`d${i}`, name, 1));
    const csv = tableCsv(deskTable(someFigures({ by_desk: desks }), w));
    expect(csv).toContain(`\r\n"'=HYPERLINK(""http://x"")",1,`);
    for (const text of [`\r\n'+84,`, `\r\n'-1,`, `\r\n'@a,`, `\r\n'\tb,`, `\r\n"Đài ""Bắc"",\n1",`]) expect(csv).toContain(text);
  });

  it('leave a cell without a number empty', () => {
    const csv = tableCsv(timesTable(noFigures(), w));
    expect(csv).toContain('Reo chuông,,,,0,0');
  });

  it('are named after what is in them', () => {
    expect(fileName('Theo giờ mở ca', aQuery(), 'csv')).toBe('theo-gio-mo-ca_2026-11-01_2026-11-22_Asia-Ho_Chi_Minh.csv');
  });
});
