import type { FeatureCollection, Position } from 'geojson';
import { describe, expect, it } from 'vitest';
import { aCountryFigure, aDeskFigure, noFigures, someFigures } from '../../testing/figures';
import { Format } from '../i18n/format';
import { vi as figuresVi } from '../i18n/figures/vi';
import { vi } from '../i18n/vi';
import { Amounts } from './amounts';
import { chartsOf, type ChartId } from './charts';
import { circlesOf, sightOf } from './draw/world';
import { fittedName } from './draw/bars';
import type { Lead } from './leads';
import type { Look } from './look';
import { simplified } from './simplify';
import { countryTable } from './tables';
import type { FigureWords } from './words';
import { placesOf, type World } from './world';

const w: FigureWords = {
  f: figuresVi,
  t: vi,
  format: new Format('vi', vi),
  amounts: new Amounts('vi'),
  countryName: (code) => code,
};
const world: World = {
  shapes: { type: 'FeatureCollection', features: [] },
  places: new Map([['TW', [121, 23.6]], ['JP', [138, 36]]]),
  islands: [],
};
const look = new Proxy({}, { get: () => '#123456' }) as Look;
const chart = (id: ChartId, figures = someFigures()) => chartsOf(figures, w, world, false).find((spec) => spec.id === id);

describe('charts', () => {
  it('each say over how many cases, and have a table and words for those who do not see them', () => {
    for (const spec of chartsOf(someFigures(), w, world, false)) {
      expect(spec.over).toBe('trên 1.284 ca');
      expect(spec.table.rows.length).toBeGreaterThan(0);
      expect(spec.text).toContain('Các số nằm trong bảng.');
    }
  });

  it('with days and hours say by whose clock', () => {
    for (const id of ['course', 'hours', 'weekdays'] as const) expect(chart(id)?.notes.join()).toContain('Asia/Ho_Chi_Minh');
  });

  it.each([320, 560, 1366])('draw what stands in their tables, %d px wide', (width) => {
    for (const spec of chartsOf(someFigures(), w, world, false)) {
      const { series } = spec.draw({ width, look }) as { series: { type: string; data: unknown[] }[] };
      expect(series.length).toBeGreaterThan(0);
      expect(spec.height(width)).toBeGreaterThan(100);
      if (spec.id !== 'hours') continue;
      expect((series[0]?.data as { value: number }[]).map(({ value }) => value)).toEqual(someFigures().by_hour);
    }
  });

  it('are drawn from nothing as well', () => {
    for (const spec of chartsOf(noFigures(), w, world, false)) expect(() => spec.draw({ width: 600, look })).not.toThrow();
  });

  it('leave out the desks where there is one', () => {
    expect(chart('desks', someFigures({ by_desk: [aDeskFigure('tw-taipei', 'Đài Bắc', 10)] }))).toBeUndefined();
  });

  it('of hundreds of desks draw the largest and say what is left', () => {
    const desks = Array.from({ length: 160 }, (_, i) => aDeskFigure(`d${i}`, `Bàn ${i}`, 10));
    expect(chart('desks', someFigures({ by_desk: desks }))?.notes).toEqual(['Vẽ 12 mục nhiều ca nhất. 148 mục còn lại có 1.480 ca, đủ trong bảng']);
  });

  it('without a map are bars, and say so', () => {
    const spec = chartsOf(someFigures(), w, null, true).find(({ id }) => id === 'countries');
    expect(spec?.notes[0]).toBe('Chưa tải được bản đồ, nên vẽ bằng cột');
    expect((spec?.draw({ width: 600, look }) as { series: { type: string }[] }).series[0]?.type).toBe('bar');
  });

  it('say how many cases are not on the map', () => {
    expect(chart('countries')?.notes).toContain('12 ca không rõ nước, không có trên bản đồ');
  });
});

describe('what is drawn', () => {
  interface Item {
    value: unknown;
    cursor: string;
    lead?: Lead;
  }
  /** Of each series, what leads somewhere under the pointer, or could. */
  const drawnOf = (id: ChartId, figures = someFigures(), width = 1366): Item[][] => {
    const { series } = chart(id, figures)?.draw({ width, look }) as { series: { data: Item[]; silent?: boolean }[] };
    return series.filter(({ silent }) => !silent).map(({ data }) => data);
  };
  const leadsOf = (items: readonly Item[] | undefined) => items?.map(({ lead }) => lead);
  const days = someFigures().course.map(({ from }) => from);
  const taipei = { by: 'desk', desk_id: 'tw-taipei' };

  it.each<[ChartId, unknown[][]]>([
    ['course', ['cases', 'closed', 'on_time'].map((of) => days.map((from) => ({ of, group: { by: 'span', from } })))],
    ['times', [1, 2, 3].map(() => ['received', 'rang', 'claimed', 'closed'].map((of) => ({ of })))],
    ['hours', [Array.from({ length: 24 }, (_, hour) => ({ of: 'cases', group: { by: 'hour', hour } }))]],
    ['weekdays', [Array.from({ length: 7 }, (_, weekday) => ({ of: 'cases', group: { by: 'weekday', weekday } }))]],
    ['kinds', [someFigures().by_kind.map(({ kind }) => ({ of: 'cases', group: { by: 'kind', kind } }))]],
    ['dispositions', [someFigures().by_disposition.map(({ disposition }) => ({ of: 'cases', group: { by: 'disposition', disposition } }))]],
    ['countries', [['TW', 'JP'].map((country) => ({ of: 'cases', group: { by: 'country', country } }))]],
    ['desks', ['cases', 'claimed', 'on_time'].map((of) => [taipei, { by: 'desk', desk_id: 'jp-tokyo' }].map((group) => ({ of, group })))],
  ])('leads to the cases of its line: %s', (id, leads) => {
    const drawn = drawnOf(id);
    expect(drawn.map(leadsOf)).toEqual(leads);
    for (const { cursor } of drawn.flat()) expect(cursor).toBe('pointer');
  });

  it('on a phone leads there too', () => {
    expect(leadsOf(drawnOf('desks', someFigures(), 320)[0])).toEqual([{ of: 'cases', group: taipei }, { of: 'cases', group: { by: 'desk', desk_id: 'jp-tokyo' } }]);
  });

  it('leads nowhere where there are no cases, and does not look as if it did', () => {
    for (const id of ['course', 'hours', 'weekdays'] as const)
      for (const { lead, cursor } of drawnOf(id, noFigures()).flat()) expect([lead, cursor]).toEqual([undefined, 'default']);
  });

  it('of hundreds leads to the cases of the lines that are drawn', () => {
    const desks = Array.from({ length: 160 }, (_, i) => aDeskFigure(`d${i}`, `Bàn ${i}`, 10));
    expect(leadsOf(drawnOf('desks', someFigures({ by_desk: desks }))[0])).toEqual(
      Array.from({ length: 12 }, (_, i) => ({ of: 'cases', group: { by: 'desk', desk_id: `d${i}` } })),
    );
  });
});

describe('names', () => {
  it('that are too long keep their end', () => {
    expect(fittedName('Cơ quan đại diện Việt Nam, khu vực số 12', 220)).toMatch(/^\{name\|Cơ quan.*….*khu vực số 12\}$/);
    expect(fittedName('Đài Bắc', 300)).toBe('{name|Đài Bắc}');
  });
});

describe('the map', () => {
  it('shows circles only where a country is known', () => {
    const table = countryTable(someFigures(), w);
    expect(circlesOf(table, world).map(({ name }) => name)).toEqual(['TW', 'JP']);
  });

  it('shows the part of the world where cases are, and never less than makes sense of it', () => {
    const at = (lon: number, lat: number) => ({ lon, lat });
    expect(sightOf([])).toEqual([[-170, 78], [180, -56]]);
    const [[west, north], [east, south]] = sightOf([at(121, 23)]);
    expect(east - west).toBeGreaterThanOrEqual(90);
    expect(north - south).toBeGreaterThanOrEqual(50);
    const [[wide], [, low]] = sightOf([at(-100, -50), at(140, 60)]);
    expect([wide, low]).toEqual([-114, -56]);
  });

  it('takes the most prominent label of a country as its place', () => {
    const label = (iso: string, lr: number, coordinates: Position) => ({ type: 'Feature' as const, properties: { iso, lr }, geometry: { type: 'Point' as const, coordinates } });
    const places = placesOf({ type: 'FeatureCollection', features: [label('FR', 5, [55, -21]), label('FR', 2, [2, 46]), label('', 1, [0, 0])] });
    expect([...places]).toEqual([['FR', [2, 46]]]);
  });

  it('has fewer corners, but every country and the islands that are asked for', () => {
    const circle = (lon: number, lat: number, r: number): Position[][] => [
      Array.from({ length: 361 }, (_, i) => [lon + r * Math.cos((i * Math.PI) / 180), lat + r * Math.sin((i * Math.PI) / 180)]),
    ];
    const country = (name: string, ...coordinates: Position[][][]) => ({ type: 'Feature' as const, properties: { name }, geometry: { type: 'MultiPolygon' as const, coordinates } });
    const all: FeatureCollection = {
      type: 'FeatureCollection',
      features: [country('large', circle(0, 0, 10), circle(30, 0, 0.1)), country('small', circle(50, 0, 0.05)), country('home', circle(100, 0, 5), circle(112, 10, 0.05))],
    };
    const { features } = simplified(all, ({ properties }) => properties?.name === 'home');
    const rings = features.map(({ geometry }) => (geometry.type === 'MultiPolygon' ? geometry.coordinates.map((polygon) => polygon[0] ?? []) : []));
    expect(rings.map((of) => of.length)).toEqual([1, 1, 2]);
    for (const ring of rings.flat()) {
      expect(ring.length).toBeGreaterThanOrEqual(4);
      expect(ring.length).toBeLessThan(80);
      expect(ring[0]).toEqual(ring.at(-1));
    }
  });

  it('leaves out a country that no longer has cases', () => {
    const table = countryTable(someFigures({ by_country: [aCountryFigure('TW', 0)] }), w);
    expect(circlesOf(table, world)).toEqual([]);
  });
});
