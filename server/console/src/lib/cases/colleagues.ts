import type { CaseSummary, Colleague } from '@protocol';
import { foldText } from './search';

/** Officers of the desk that holds the case, but for whoever has it; who is on shift first, then by name. */
export function colleaguesFor(
  { desk_id, owner }: CaseSummary,
  colleagues: readonly Colleague[],
  search: string,
): Colleague[] {
  const words = foldText(search).split(/\s+/).filter(Boolean);
  return colleagues
    .filter((c) => c.desk_id === desk_id && worksCases(c) && c.staff_id !== owner?.staff_id)
    .filter((c) => words.every((word) => foldText(c.name).includes(word)))
    .sort((a, b) => Number(b.on_shift) - Number(a.on_shift) || a.name.localeCompare(b.name, 'vi'));
}

function worksCases({ role }: Colleague): boolean {
  return role === 'dispatcher' || role === 'supervisor' || role === 'duty_officer';
}
