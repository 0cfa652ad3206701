import { expect, it } from 'vitest';
import made from '../generated/directory.json';
import { dialled, firstCall, smsNumber, type Directory } from './directory';
import { directory, rows } from '../../scripts/directory.mjs';

const real = made as Directory;

it('reads quoted fields and leaves comments out', () => {
  expect(rows('# c\na,b,c\n1,"x, ""y""",\n')).toEqual([{ a: '1', b: 'x, "y"', c: '' }]);
});

it('has the numbers that matter most, in the order in which they are called', () => {
  expect(real.countries.TW?.emergency.map((line) => [line.what.join(), line.number])).toEqual([
    ['police', '110'],
    ['ambulance,fire', '119'],
    ['maritime', '118'],
  ]);
  expect(real.countries.TW?.desks[0]?.lines[0]).toMatchObject({ what: 'hotline', number: '+886 933 262 836', as_of: '2024-04' });
  expect(real.countries.TW?.lines.map((line) => line.number)).toEqual(['1955']);
  expect(real.national.map((line) => line.number)).toEqual(['+84 981 84 84 84', '+84 965 41 11 18', '+84 24 3768 3050']);
  expect(real.countries.MO?.desks.map((desk) => desk.id)).toEqual(['hk-hong-kong']);
});

it('offers no number that is out of use, and calls doubtful ones so', () => {
  expect(JSON.stringify(real)).not.toContain('62 844 844');
  expect(real.countries.KR?.desks[0]?.lines.every((line) => line.status === 'doubtful')).toBe(true);
  expect(real.countries.AD?.emergency.every((line) => line.status === 'doubtful')).toBe(true);
  expect(real.countries.AD?.emergency.at(-1)).toMatchObject({ what: ['mobile'], number: '112' });
});

it('calls the police first where that is sure, else the national line', () => {
  expect(firstCall(real, 'JP')).toEqual({ number: '110', what: 'police' });
  expect(firstCall(real, 'RO')).toEqual({ number: '112', what: 'police' });
  expect(firstCall(real, 'AD')).toEqual({ number: '+84 981 84 84 84', what: 'mofa' });
  expect(firstCall(real, null)).toEqual({ number: '+84 981 84 84 84', what: 'mofa' });
});

it('writes an SMS to the desk where its line is known, else to the national one', () => {
  expect(smsNumber(real, 'TW')).toBe('+886 933 262 836');
  expect(smsNumber(real, 'KR')).toBe('+84 981 84 84 84');
  expect(dialled('+84 981 84 84 84')).toBe('+84981848484');
});

it('never guesses: a blank stays blank', () => {
  const lists = { emergency: 'iso,police,confidence\nXX,,high', missions: 'id,name_vi,host_iso,citizen_protection_hotline\nx,X,XX,NO NUMBER', desk_countries: '', hotlines: '' };
  expect(directory(lists).countries.XX).toEqual({ emergency: [], desks: [{ id: 'x', name: 'X', lines: [] }], lines: [] });
});
