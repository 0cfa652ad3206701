import type { NotificationView } from '@protocol';

/** Notifications of one step: whoever was told together. */
export interface Step {
  key: string;
  run: number;
  round: number;
  step: number;
  notifications: NotificationView[];
}

/** Notifications by step, the newest step first; within a step by name. */
export function stepsOf(notifications: readonly NotificationView[]): Step[] {
  const steps = new Map<string, Step>();
  for (const notification of notifications) {
    const { run, round, step } = notification;
    const key = `${run}/${round}/${step}`;
    const known = steps.get(key);
    if (known) known.notifications.push(notification);
    else steps.set(key, { key, run, round, step, notifications: [notification] });
  }
  for (const { notifications: told } of steps.values()) told.sort((a, b) => (a.to < b.to ? -1 : Number(a.to > b.to)));
  return [...steps.values()].sort((a, b) => b.run - a.run || b.round - a.round || b.step - a.step);
}
