export type KeyAction =
  | 'claim'
  | 'transfer'
  | 'close'
  | 'next'
  | 'previous'
  | 'search'
  | 'mute'
  | 'help'
  | 'chat'
  | 'timeline'
  | 'profile'
  | 'assign'
  | 'raise'
  | 'share'
  | 'priority'
  | 'tags'
  | 'link'
  | 'askFix'
  | 'refuse'
  | 'more'
  | 'ask'
  | 'near'
  | 'escalation'
  | 'groups';

export const KEYS: readonly { key: string; action: KeyAction }[] = [
  { key: 'C', action: 'claim' },
  { key: 'T', action: 'transfer' },
  { key: 'A', action: 'assign' },
  { key: 'E', action: 'raise' },
  { key: 'R', action: 'close' },
  { key: 'S', action: 'share' },
  { key: 'P', action: 'priority' },
  { key: 'G', action: 'tags' },
  { key: 'L', action: 'link' },
  { key: 'F', action: 'askFix' },
  { key: 'X', action: 'refuse' },
  { key: '.', action: 'more' },
  { key: 'J', action: 'next' },
  { key: 'K', action: 'previous' },
  { key: '1', action: 'chat' },
  { key: '2', action: 'ask' },
  { key: '3', action: 'timeline' },
  { key: '4', action: 'profile' },
  { key: '5', action: 'near' },
  { key: '6', action: 'escalation' },
  { key: 'D', action: 'groups' },
  { key: '/', action: 'search' },
  { key: 'M', action: 'mute' },
  { key: '?', action: 'help' },
];

export interface KeyPress {
  key: string;
  ctrlKey: boolean;
  altKey: boolean;
  metaKey: boolean;
  repeat: boolean;
}

/** What a key press asks for; null while the officer is writing, or when it is one of the browser's own. */
export function keyAction(press: KeyPress, situation: { typing: boolean; enabled: boolean }): KeyAction | null {
  if (situation.typing || !situation.enabled) return null;
  if (press.ctrlKey || press.altKey || press.metaKey) return null;
  const found = KEYS.find(({ key }) => key === press.key.toUpperCase())?.action ?? null;
  const mayRepeat = found === 'next' || found === 'previous';
  return press.repeat && !mayRepeat ? null : found;
}

/** Whether keys go into `target` as text. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName);
}

/** The key of an action, to be shown on its button; null where it has none. */
export function keyOf(action: string): string | null {
  return KEYS.find((other) => other.action === action)?.key ?? null;
}
