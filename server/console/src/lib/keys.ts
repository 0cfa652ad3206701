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
  | 'profile';

export const KEYS: readonly { key: string; action: KeyAction }[] = [
  { key: 'C', action: 'claim' },
  { key: 'T', action: 'transfer' },
  { key: 'R', action: 'close' },
  { key: 'J', action: 'next' },
  { key: 'K', action: 'previous' },
  { key: '1', action: 'chat' },
  { key: '2', action: 'timeline' },
  { key: '3', action: 'profile' },
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
