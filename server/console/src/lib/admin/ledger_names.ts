import type { AdminEntry, CoverView, DeskId, StaffAccount } from '@protocol';

/** Characters of the end of an id that stand beside a name: the ids begin with the time they were made at. */
const ID_END_CHARS = 8;

/** What an id stands for. */
export interface Named {
  name: string;
  /** Enough of the id to tell two of one name apart. */
  short: string;
}

/** What the office has loaded that has a name. */
export interface Sources {
  entries: readonly AdminEntry[];
  cover: CoverView | null;
  staff: readonly StaffAccount[];
  /** The name of a desk; as it is, where none is known. */
  deskName: (id: DeskId) => string;
}

/** Names for the ids in the administration's ledger. An id without a name that is known for certain is none. */
export class LedgerNames {
  readonly #names: ReadonlyMap<string, string>;
  readonly #deskName: Sources['deskName'];

  constructor({ entries, cover, staff, deskName }: Sources) {
    this.#deskName = deskName;
    this.#names = new Map([
      // What was taken out of use has the name that it had last.
      ...entries.toReversed().flatMap((entry) => (isNamed(entry.kind) ? named(entry.subject, nameThen(entry)) : [])),
      ...(cover?.rotas ?? []).flatMap(({ rota }) => named(rota.id, rota.name)),
      ...(cover?.webhooks ?? []).flatMap(({ webhook_id, name }) => named(webhook_id, name)),
      ...(cover?.colleagues ?? []).flatMap(({ staff_id, name }) => named(staff_id, name)),
      ...staff.flatMap(({ staff_id, name }) => named(staff_id, name)),
    ]);
  }

  /** What the entry is about, by the name it had when it was written, or has now. */
  subject(entry: AdminEntry): Named | null {
    const { kind, subject } = entry;
    if (kind === 'policy') return this.#desk(subject);
    const then = nameThen(entry);
    if (kind === 'desk') return then === null ? this.#desk(subject) : { name: then, short: subject };
    return isNamed(kind) ? this.#of(subject, then) : null;
  }

  /** What a fact of this name (`common.steps.1.targets.0.rota`) means by `value`. */
  value(fact: string, value: string): Named | null {
    return /(^|\.)desk(_id)?$/.test(fact) ? this.#desk(value) : this.#of(value, null);
  }

  #of(id: string, then: string | null): Named | null {
    const name = then ?? this.#names.get(id);
    if (name === undefined) return null;
    return { name, short: id.length > ID_END_CHARS ? `…${id.slice(-ID_END_CHARS)}` : id };
  }

  #desk(id: DeskId): Named | null {
    const name = this.#deskName(id);
    return name === id ? null : { name, short: id };
  }
}

function isNamed(kind: string): boolean {
  return kind === 'staff' || kind === 'rota' || kind === 'webhook' || kind === 'token';
}

function named(id: string, name: string | null): [string, string][] {
  return name ? [[id, name]] : [];
}

/** What the thing was called after the change, where the entry says so. */
function nameThen({ kind, facts }: AdminEntry): string | null {
  if (kind !== 'desk' && !isNamed(kind)) return null;
  try {
    const { name } = JSON.parse(facts) as { name?: unknown };
    return typeof name === 'string' && name ? name : null;
  } catch {
    return null;
  }
}
