/** Moves an item one place up or down; at the ends it stays. */
export function moveBy<T>(items: T[], at: number, step: 1 | -1): void {
  const to = at + step;
  if (to < 0 || to >= items.length) return;
  const [item] = items.splice(at, 1);
  items.splice(to, 0, item as T);
}
