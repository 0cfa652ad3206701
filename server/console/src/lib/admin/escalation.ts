import type { DeskId, Plan, Policy, PolicyStep, Target } from '@protocol';

/** Bounds of a policy, as `sos_core::cover` has them. */
export const STEPS_MAX = 10;
export const TARGETS_MAX = 10;
export const DELAY_S_MAX = 3_600;
export const REPEATS_MAX = 9;
export const SILENT_S_MIN = 60;
export const SILENT_S_MAX = 86_400;

const STEP_APART_S = 1;
const ROUND_APART_S = 30;
const AGAIN_S_MIN = 60;
const AGAIN_S_MAX = 900;

/** A moment at which somebody is told, while nobody answers. */
export interface Told {
  /** Seconds after the press. */
  at_s: number;
  /** 0 is the first time through. */
  round: number;
  /** From 0. */
  step: number;
  targets: readonly Target[];
}

/** What happens if nobody answers, as long as the plan and its repeats go. Where a step comes to nobody, the next one comes at once. */
export function unanswered(plan: Plan): Told[] {
  const told: Told[] = [];
  let at_s = 0;
  for (let round = 0; round <= plan.repeats; round++) {
    plan.steps.forEach((step, number) => {
      const apart = number > 0 ? STEP_APART_S : round > 0 ? ROUND_APART_S : 0;
      at_s += Math.max(step.delay_s, apart);
      told.push({ at_s, round, step: number, targets: step.targets });
    });
  }
  return told;
}

/** How often the last step comes again after all that, in seconds. */
export function againEvery(plan: Plan): number {
  return Math.min(AGAIN_S_MAX, Math.max(AGAIN_S_MIN, plan.steps.at(-1)?.delay_s ?? AGAIN_S_MAX));
}

/**
 * What holds for a desk that has no policy. The service says it for one desk; for the ministry's it ends a step
 * earlier, since it is the ministry that the last step tells.
 */
export function unsetFor(desk: DeskId, unset: Policy, ministry: DeskId | null): Policy {
  const isMinistry = (target: Target) => target.kind === 'desk' && target.desk === ministry;
  let steps: PolicyStep[] = unset.common.steps.map((step) => ({ ...step, targets: [...step.targets] }));
  if (desk === ministry) {
    steps = steps.filter((step) => !step.targets.every(isMinistry));
  } else if (unset.desk === ministry && ministry !== null) {
    steps.push({ delay_s: 30, targets: [{ kind: 'desk', desk: ministry }] });
  }
  return { ...unset, desk, version: 0, common: { ...unset.common, steps } };
}

export function sameTarget(a: Target, b: Target): boolean {
  return targetKey(a) === targetKey(b);
}

/** One word for a target, to choose it by. */
export function targetKey(target: Target): string {
  switch (target.kind) {
    case 'on_call':
      return `on_call ${target.rota}`;
    case 'staff':
      return `staff ${target.staff}`;
    case 'desk':
      return `desk ${target.desk}`;
    case 'webhook':
      return `webhook ${target.webhook}`;
    default:
      return target.kind;
  }
}
