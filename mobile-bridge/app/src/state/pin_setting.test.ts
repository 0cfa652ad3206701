import { expect, it } from 'vitest';
import type { ErrorCode, SetPins } from '@protocol';
import { CallError } from '../bridge/calls';
import { PinSetting } from './pin_setting.svelte';

function setting(has_pin: boolean, answers: (ErrorCode | 'none' | null)[] = []) {
  const sent: SetPins[] = [];
  const made = new PinSetting(has_pin, (pins) => {
    sent.push(pins);
    const answer = answers.shift();
    return answer === undefined ? Promise.resolve() : Promise.reject(answer === 'none' ? new Error('disk') : new CallError(answer));
  });
  const type = async (...pins: string[]) => {
    for (const pin of pins) await made.take(pin);
    return [made.step, made.problem];
  };
  return { made, sent, type };
}

it('takes two PINs, each typed twice', async () => {
  const { sent, type } = setting(false);
  expect(await type('1234', '1234', '987654', '987654')).toEqual(['done', null]);
  expect(sent).toEqual([{ pin: '1234', other_pin: '987654' }]);
});

it('asks for the old one first, where there is one', async () => {
  const { sent, type } = setting(true);
  expect(await type('0000', '1234', '1234', '4321', '4321')).toEqual(['done', null]);
  expect(sent).toEqual([{ pin: '1234', other_pin: '4321', old_pin: '0000' }]);
});

it('wants the same twice, and two that differ', async () => {
  const { sent, type } = setting(false);
  expect(await type('1234', '1235')).toEqual(['pin', 'differ']);
  expect(await type('1234', '1234', '1234')).toEqual(['other', 'same']);
  expect(await type('4321', '4322')).toEqual(['other', 'differ']);
  expect(await type('4321', '4321')).toEqual(['done', null]);
  expect(sent).toHaveLength(1);
});

it('asks for the old one when the service says that there is one, and sends then', async () => {
  const { sent, type } = setting(false, ['pin_wrong', 'pin_wrong']);
  expect(await type('1234', '1234', '4321', '4321')).toEqual(['old', 'old_needed']);
  expect(await type('5555')).toEqual(['old', 'old_wrong']);
  expect(await type('0000')).toEqual(['done', null]);
  expect(sent.map((pins) => pins.old_pin)).toEqual([undefined, '5555', '0000']);
});

it.each([
  ['rate_limited', 'often'],
  [null, 'no_answer'],
  ['device_revoked', 'refused'],
  ['none', 'storage'],
] as const)('says what went wrong: %s', async (answer, problem) => {
  const { made, type } = setting(false, [answer]);
  expect(await type('1234', '1234', '4321', '4321')).toEqual(['failed', problem]);
  await made.save();
  expect(made.step).toBe('done');
});
