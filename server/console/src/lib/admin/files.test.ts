import { describe, expect, it } from 'vitest';
import { codesCsv, listFault, LIST_HEAD } from './codes';
import { deskMarks, inSight } from './desk_marks';
import { cornersOf, isDistrict, readDistrict } from './district';
import { readable } from './facts';
import { drawQr } from './qr';
import { newWebhookKey } from './webhook_key';
import { aDesk } from '../../testing/office';

const square = [[[120, 22], [122, 22], [122, 25], [120, 22]]];

describe('a district', () => {
  it('is read from a polygon, a feature or a collection', () => {
    const polygon = { type: 'Polygon', coordinates: square };
    expect(readDistrict(JSON.stringify(polygon))).toEqual(polygon);
    const feature = { type: 'Feature', properties: {}, geometry: polygon };
    expect(readDistrict(JSON.stringify(feature))).toEqual(polygon);
    const both = readDistrict(JSON.stringify({ type: 'FeatureCollection', features: [feature, feature] }));
    expect(both).toMatchObject({ type: 'MultiPolygon' });
    expect(isDistrict(both) && cornersOf(both)).toHaveLength(8);
  });

  it('is refused with the reason', () => {
    const polygon = (ring: unknown) => readDistrict(JSON.stringify({ type: 'Polygon', coordinates: [ring] }));
    expect(readDistrict('<kml>')).toBe('no_json');
    expect(readDistrict('{"type":"Point","coordinates":[1,2]}')).toBe('no_polygon');
    expect(readDistrict('null')).toBe('no_polygon');
    expect(polygon([[1, 2], [3, 4], [5, 6]])).toBe('open_ring');
    expect(polygon([[500, 2], [3, 4], [5, 6], [500, 2]])).toBe('outside');
    expect(polygon([['1', 2], [3, 4], [5, 6], ['1', 2]])).toBe('outside');
  });

  it('and its post are what one looks at, also before they are saved', () => {
    const saved = aDesk();
    const changed = aDesk({ lat: 23, district: JSON.stringify({ type: 'Polygon', coordinates: square }) });
    const marks = deskMarks([saved, aDesk({ desk_id: 'jp', lat: 35, lon: 139 })], changed);
    expect(marks.posts.map(({ at, chosen }) => [at[1], chosen])).toEqual([[23, true], [35, false]]);
    expect(inSight(marks)).toHaveLength(5);
    expect(deskMarks([aDesk({ lat: undefined })], null).posts).toEqual([]);
  });
});

describe('enrolment codes', () => {
  it('are asked for by a list with the right head only', () => {
    expect(listFault(`\uFEFF${LIST_HEAD}\r\nLan,,,,,\r\n`)).toBeNull();
    expect(listFault(`${LIST_HEAD}\n`)).toBe('empty');
    expect(listFault('name;phone\nLan;1')).toBe('head');
    expect(listFault(`${LIST_HEAD}\n${'x'.repeat(600_000)}`)).toBe('large');
  });

  it('go into a table in which no name is carried out as a formula', () => {
    const code = { worker_id: 'w', name: '=HYPERLINK("x")', code: 'ABC', path: '/app/#code=ABC', ends_ms: 0 };
    const csv = codesCsv([code], 'https://sos.example');
    expect(csv).toContain('"\'=HYPERLINK(""x"")",,ABC,https://sos.example/app/#code=ABC,1970-01-01T00:00:00.000Z');
  });

  it('are drawn with a quiet zone around them', async () => {
    const { size, path } = await drawQr('https://sos.example/app/#code=ABC');
    expect(size).toBeGreaterThanOrEqual(21 + 8);
    expect(path.startsWith('M4 4h7')).toBe(true);
  });
});

it('makes webhook keys of 32 bytes', () => {
  const key = newWebhookKey();
  expect(key).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  expect(newWebhookKey()).not.toBe(key);
});

it('reads the facts of the ledger line by line, and leaves as it is what is no JSON', () => {
  expect(readable('{"name":"Lan","steps":[{"delay_s":30}],"tags":["a","b"],"none":null}')).toEqual([
    { name: 'name', values: ['Lan'] },
    { name: 'steps.0.delay_s', values: ['30'] },
    { name: 'tags', values: ['a', 'b'] },
    { name: 'none', values: ['–'] },
  ]);
  expect(readable('no json')).toEqual([{ name: '', values: ['no json'] }]);
  const many = readable(JSON.stringify({ many: Array.from({ length: 100 }, () => 'abcd') }));
  expect(many).toEqual([{ name: 'many', values: [...Array.from({ length: 75 }, () => 'abcd'), '+25'] }]);
  expect(readable(JSON.stringify(Object.fromEntries(Array.from({ length: 80 }, (_, i) => [i, i]))))).toHaveLength(61);
});
