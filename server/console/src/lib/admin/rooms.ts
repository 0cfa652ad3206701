import type { DeskId, Me } from '@protocol';

/** The rooms of the office, in the order they stand in its list. */
export const ROOMS = [
  'rotas',
  'policies',
  'webhooks',
  'holidays',
  'desks',
  'numbers',
  'staff',
  'codes',
  'texts',
  'tokens',
  'ledger',
] as const;
export type RoomName = (typeof ROOMS)[number];

const COVER: readonly RoomName[] = ['rotas', 'policies', 'webhooks', 'holidays'];

/** The rooms that the service would let them into; it decides, this only leaves out what it would refuse. */
export function roomsOf(me: Pick<Me, 'role'>): readonly RoomName[] {
  switch (me.role) {
    case 'administrator':
      return ROOMS;
    case 'supervisor':
    case 'duty_officer':
      return COVER;
    case 'dispatcher':
      return ['rotas'];
    default:
      return [];
  }
}

/** Whether they may change who is on call, and not only see it. */
export function mayArrange(me: Pick<Me, 'role'>): boolean {
  return me.role === 'supervisor' || me.role === 'duty_officer' || me.role === 'administrator';
}

/** The one desk whose cover they see; none: that of every desk. */
export function coverDesk(me: Pick<Me, 'role' | 'desk'>): DeskId | null {
  const own = me.role === 'supervisor' || me.role === 'dispatcher';
  return own ? (me.desk?.desk_id ?? null) : null;
}
