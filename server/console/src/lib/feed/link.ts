import { LINK_AMBER_S, LINK_RED_S, type UnixMs } from '@protocol';

/** How well the console hears the service. */
export type Link = 'connecting' | 'good' | 'amber' | 'red';

/** The state of the link, by the console's own clock. `startedAt`: when it began to listen. */
export function linkState(heardAt: UnixMs | null, startedAt: UnixMs, now: UnixMs): Link {
  const silent_s = (now - (heardAt ?? startedAt)) / 1000;
  if (silent_s >= LINK_RED_S) return 'red';
  if (silent_s >= LINK_AMBER_S) return 'amber';
  return heardAt === null ? 'connecting' : 'good';
}
