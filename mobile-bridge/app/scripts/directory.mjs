// Makes the directory of telephone numbers that the app has offline, out of the lists in server/data. A number keeps its
// status: nobody has called any of them, and the app says so.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const DATA = new URL('../../../server/data/', import.meta.url);
const OUT = new URL('../src/generated/directory.json', import.meta.url);

/**
 * @typedef {import('../src/state/directory').Directory} Directory
 * @typedef {import('../src/state/directory').Line} Line
 * @typedef {import('../src/state/directory').Country} Country
 * @typedef {import('../src/state/directory').Emergency} Emergency
 * @typedef {Record<string, string>} Row
 */

/**
 * Rows of a list with a head line; lines that begin with # are comments, fields may be quoted.
 * @param {string} text
 * @returns {Row[]}
 */
export function rows(text) {
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'));
  const [head = [], ...body] = lines.map(fields);
  return body.map((cells) => Object.fromEntries(head.map((name, i) => [name, (cells[i] ?? '').trim()])));
}

/** @param {string} line */
function fields(line) {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '');
}

/** @param {string} cell */
const numbers = (cell) => cell.split('|').map((n) => n.trim()).filter((n) => /^\+?[0-9][0-9 -]*$/.test(n));

/**
 * @param {Row} row
 * @returns {Emergency[]}
 */
function emergency(row) {
  const doubtful = row.confidence !== 'high';
  /** @type {Emergency[]} */
  const lines = [];
  for (const what of /** @type {const} */ (['unified', 'police', 'ambulance', 'fire', 'maritime'])) {
    for (const number of numbers(row[what] ?? '')) {
      const same = lines.find((line) => line.number === number);
      if (same) same.what.push(what);
      else lines.push({ what: [what], number, status: doubtful ? 'doubtful' : 'agree' });
    }
  }
  const fallback = numbers(row.mobile_fallback_eccdata ?? '')[0];
  if (doubtful && fallback && !lines.some((line) => line.number === fallback)) {
    lines.push({ what: ['mobile'], number: fallback, status: 'doubtful' });
  }
  return lines;
}

/** @param {Row} row */
function desk(row) {
  const said = row.phone_status ?? '';
  const status = /stale|conflict|one source|once|cut off/i.test(said) ? 'doubtful' : 'reported';
  /** @type {Line[]} */
  const lines = [];
  for (const [what, column] of /** @type {const} */ ([['hotline', 'citizen_protection_hotline'], ['main', 'main_phone'], ['labour', 'labour_line']])) {
    for (const number of numbers(row[column] ?? '')) lines.push({ what, number, status, as_of: (row.phone_as_of ?? '').slice(0, 7) });
  }
  return { id: row.id ?? '', name: row.name_vi ?? '', lines };
}

/** What the national list calls its lines; those of one country begin with its name. */
const KNOWN_LINES = /** @type {const} */ ([
  [/^MOFA citizen protection/, 'mofa', null],
  [/^MOFA second/, 'mofa_second', null],
  [/^Taiwan MOL/, 'tw_1955', 'TW'],
  [/^Korea Danuri/, 'kr_danuri', 'KR'],
  [/^Korea immigration/, 'kr_immigration', 'KR'],
  [/^Korea foreign workers/, 'kr_workers', 'KR'],
  [/^Japan OTIT/, 'jp_otit', 'JP'],
  [/^Vietnam maritime/, 'vn_maritime', null],
]);

/**
 * @param {{ emergency: string, missions: string, desk_countries: string, hotlines: string }} lists
 * @returns {Directory}
 */
export function directory(lists) {
  /** @type {Record<string, Country>} */
  const countries = {};
  /** @param {string} iso */
  const country = (iso) => (countries[iso] ??= { emergency: [], desks: [], lines: [] });
  for (const row of rows(lists.emergency)) country(row.iso ?? '').emergency = emergency(row);
  const missions = rows(lists.missions);
  for (const row of missions) country(row.host_iso ?? '').desks.push(desk(row));
  for (const { desk: id, iso } of rows(lists.desk_countries)) {
    const mission = missions.find((row) => row.id === id);
    if (mission && iso) country(iso).desks.push(desk(mission));
  }
  /** @type {Line[]} */
  const national = [];
  for (const { name = '', number = '', status = '' } of rows(lists.hotlines)) {
    const known = KNOWN_LINES.find(([pattern]) => pattern.test(name));
    const [found] = numbers(number);
    if (!known || !found) continue;
    const sure = /^confirmed/.test(status) || /^24h/.test(status);
    const of = known[2] === null ? national : country(known[2]).lines;
    of.push({ what: known[1], number: found, status: sure ? 'reported' : 'doubtful', as_of: '' });
  }
  delete countries.VN;
  return { countries, national };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  /** @param {string} name */
  const list = (name) => readFileSync(new URL(name, DATA), 'utf8');
  const made = directory({
    emergency: list('emergency_numbers.csv'),
    missions: list('vn_missions.csv'),
    desk_countries: list('desk_countries.csv'),
    hotlines: list('national_hotlines.csv'),
  });
  if (!made.national[0]) throw new Error('no national line: server/data/national_hotlines.csv has changed its names');
  mkdirSync(new URL('.', OUT), { recursive: true });
  writeFileSync(OUT, JSON.stringify(made));
}
