import type { Layer, Override, Plan, Policy, Rota } from '@protocol';
import type { AdminTexts } from '../i18n/admin/vi';
import { DELAY_S_MAX, REPEATS_MAX, SILENT_S_MAX, SILENT_S_MIN, STEPS_MAX, TARGETS_MAX } from './escalation';
import { isLabel, said, within } from './faults';
import { isZone } from './zones';

/** Bounds of a rota, as `sos_core::cover` has them. */
export const LAYERS_MAX = 5;
const IN_TURN_MAX = 50;
const WEEKLY_MAX = 28;
const SHIFT_STAFF_MAX = 5;
const OVERRIDES_MAX = 200;
const EVERY_MAX = 60;

export function faultsOfRota(rota: Rota, t: AdminTexts): string[] {
  return [
    ...said(
      [!isLabel(rota.name), t.nameMissing],
      [!isZone(rota.time_zone), t.zoneMissing],
      [!within(rota.layers.length, 1, LAYERS_MAX), t.rotas.layersWrong],
      [rota.overrides.length > OVERRIDES_MAX, t.rotas.overridesWrong],
    ),
    ...rota.layers.flatMap((layer, at) => faultsOfLayer(layer, at + 1, t)),
    ...rota.overrides.flatMap((other, at) => faultsOfOverride(other, at + 1, t)),
  ];
}

function faultsOfLayer({ valid_from, valid_until, turns }: Layer, n: number, t: AdminTexts): string[] {
  const faults = said(
    [valid_from === '', t.rotas.fromMissing(n)],
    [Boolean(valid_until) && (valid_until ?? '') <= valid_from, t.rotas.over(n)],
  );
  if (turns.kind === 'in_turn') {
    const every = 'days' in turns.every ? turns.every.days : turns.every.weeks;
    return faults.concat(
      said(
        [!within(turns.staff.length, 1, IN_TURN_MAX), t.rotas.inTurnWrong(n)],
        [!within(every, 1, EVERY_MAX), t.rotas.everyWrong(n)],
        [turns.handover === '', t.rotas.timeWrong(n)],
      ),
    );
  }
  return faults.concat(
    said(
      [!within(turns.shifts.length, 1, WEEKLY_MAX), t.rotas.shiftsWrong(n)],
      [turns.shifts.some(({ from, to }) => from === '' || to === ''), t.rotas.timeWrong(n)],
    ),
    turns.shifts.flatMap(({ staff }, at) =>
      said([!within(staff.length, 1, SHIFT_STAFF_MAX), t.rotas.shiftStaffWrong(n, at + 1)]),
    ),
  );
}

function faultsOfOverride({ from, to, change }: Override, n: number, t: AdminTexts): string[] {
  const chosen = change.kind === 'instead' ? [change.of, change.by] : change.kind === 'also' ? [change.staff] : [];
  const himself = change.kind === 'instead' && change.of !== '' && change.of === change.by;
  return said(
    [!(from < to), t.rotas.overrideOver(n)],
    [chosen.includes(''), t.rotas.overrideWho(n)],
    [himself, t.rotas.himself(n)],
  );
}

export function faultsOfPolicy(policy: Policy, t: AdminTexts): string[] {
  const own = [policy.p1, policy.p2, policy.p3];
  const common = own.some(Boolean) ? t.policies.commonRest : t.policies.common;
  return [
    ...faultsOfPlan(policy.common, common, t),
    ...own.flatMap((plan, at) => (plan ? faultsOfPlan(plan, t.policies.plan(`P${at + 1}`), t) : [])),
    ...said([!within(policy.silent_s, SILENT_S_MIN, SILENT_S_MAX), t.policies.silentWrong]),
  ];
}

function faultsOfPlan({ steps, repeats }: Plan, name: string, t: AdminTexts): string[] {
  const w = t.policies;
  return [
    ...said(
      [!within(steps.length, 1, STEPS_MAX), w.stepsWrong(name)],
      [!within(repeats, 0, REPEATS_MAX), w.repeatsWrong(name)],
    ),
    ...steps.flatMap(({ delay_s, targets }, at) =>
      said(
        [!within(delay_s, 0, DELAY_S_MAX), w.delayWrong(name, at + 1)],
        [!within(targets.length, 1, TARGETS_MAX), w.targetsWrong(name, at + 1)],
      ),
    ),
  ];
}
