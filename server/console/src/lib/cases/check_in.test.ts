import { expect, it } from 'vitest';
import { aCase, aCheckIn, NOON } from '../../testing/samples';
import { arrivedLate, saidSinceSos } from './check_in';

it('a check-in before the SOS is nothing odd, one after it is', () => {
  expect(saidSinceSos(aCheckIn(), aCase())).toBe(false);
  expect(saidSinceSos(aCheckIn({ at_ms: NOON + 1000 }), aCase())).toBe(true);
});

it('the SOS began when it was pressed, not when it came', () => {
  const late = aCase({ waited_ms: 600_000 });
  const between = aCheckIn({ at_ms: NOON - 300_000 });
  expect(saidSinceSos(between, late)).toBe(true);
  // How long a later press waited says nothing of the first one.
  expect(saidSinceSos(between, { ...late, presses: 2 })).toBe(false);
});

it('a check-in that lay on the phone came late', () => {
  expect(arrivedLate(aCheckIn())).toBe(false);
  expect(arrivedLate(aCheckIn({ received_at_ms: NOON }))).toBe(true);
});
