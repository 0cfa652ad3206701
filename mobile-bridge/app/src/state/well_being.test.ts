import { expect, it } from 'vitest';
import { WellBeing } from './well_being.svelte';

function set(change: { open?: boolean; enrolled?: boolean; fails?: boolean } = {}) {
  const did: string[] = [];
  const situation = { open: false, enrolled: true, fails: false, ...change };
  const does = (what: string) => () => {
    if (situation.fails) return Promise.reject(new Error('full'));
    did.push(what);
    return Promise.resolve();
  };
  const well = new WellBeing({ open: () => situation.open, enrolled: () => situation.enrolled, write: does('write'), checkIn: does('check in') });
  return { well, did, situation };
}

it('asks before it tells that somebody is well', async () => {
  const { well, did } = set();
  await well.tapped();
  expect([well.step, did]).toEqual(['asking', []]);
  await well.confirmed();
  expect([well.step, did]).toEqual(['checked_in', ['check in']]);
});

it('says it in the chat while an SOS is open, and no longer than that', async () => {
  const { well, did, situation } = set({ open: true, enrolled: false });
  await well.tapped();
  expect([well.step, did]).toEqual(['told', ['write']]);
  situation.open = false;
  expect(well.step).toBe('none');
});

it('an SOS takes the question away, for good', async () => {
  const { well, situation } = set();
  await well.tapped();
  situation.open = true;
  expect(well.step).toBe('none');
  well.pressed();
  situation.open = false;
  expect(well.step).toBe('none');
});

it('says that only an enrolled phone can, and when nothing was saved', async () => {
  const nobody = set({ enrolled: false });
  await nobody.well.tapped();
  const full = set({ fails: true });
  await full.well.tapped();
  await full.well.confirmed();
  expect([nobody.well.step, full.well.step, full.did]).toEqual(['not_enrolled', 'failed', []]);
});
