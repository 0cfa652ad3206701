import type { CaseAnswer, CaseId, CaseSummary, DeskId, Disposition, Priority, Share, StaffId } from '@protocol';
import type { Api } from '../lib/api';

export type Verb =
  | 'claim'
  | 'release'
  | 'transfer'
  | 'close'
  | 'reopen'
  | 'take'
  | 'decline'
  | 'withdraw'
  | 'assign'
  | 'raise'
  | 'share'
  | 'priority'
  | 'tags'
  | 'link'
  | 'unlink'
  | 'merge'
  | 'askFix';

export interface CommandDeps {
  api: Api;
  onAnswer: (answer: CaseAnswer) => void;
  /** Also called when somebody else was faster: what is shown is out of date then. */
  onError: (error: unknown) => void;
}

/** What an officer does to a case. One at a time; none is tried again by itself. */
export class Commands {
  busy = $state<Verb | null>(null);
  /** Why the last one failed, until the next one or until it is dismissed. */
  failed = $state.raw<{ caseId: CaseId; error: unknown } | null>(null);
  readonly #deps: CommandDeps;

  constructor(deps: CommandDeps) {
    this.#deps = deps;
  }

  claim = (c: CaseSummary) => this.#run('claim', c, (id, version) => this.#deps.api.claim(id, { version }));

  release = (c: CaseSummary, reason: string) =>
    this.#run('release', c, (id, version) => this.#deps.api.release(id, { version, ...optional(reason) }));

  reopen = (c: CaseSummary, reason: string) =>
    this.#run('reopen', c, (id, version) => this.#deps.api.reopen(id, { version, ...optional(reason) }));

  transfer = (c: CaseSummary, to: DeskId, reason: string) =>
    this.#run('transfer', c, (id, version) => this.#deps.api.transfer(id, { version, to, ...optional(reason) }));

  close = (c: CaseSummary, disposition: Disposition, summary: string) =>
    this.#run('close', c, (id, version) => this.#deps.api.close(id, { version, disposition, summary }));

  take = (c: CaseSummary) => this.#run('take', c, (id, version) => this.#deps.api.take(id, { version }));

  decline = (c: CaseSummary, reason: string) =>
    this.#run('decline', c, (id, version) => this.#deps.api.decline(id, { version, ...optional(reason) }));

  withdraw = (c: CaseSummary) => this.#run('withdraw', c, (id, version) => this.#deps.api.withdraw(id, { version }));

  assign = (c: CaseSummary, to: StaffId) =>
    this.#run('assign', c, (id, version) => this.#deps.api.assign(id, { version, to }));

  raise = (c: CaseSummary, reason: string) =>
    this.#run('raise', c, (id, version) => this.#deps.api.raise(id, { version, ...optional(reason) }));

  share = (c: CaseSummary, { desk, help }: Omit<Share, 'reason'>, reason: string) =>
    this.#run('share', c, (id) => this.#deps.api.share(id, { desk, help, ...optional(reason) }));

  prioritise = (c: CaseSummary, to: Priority, reason: string) =>
    this.#run('priority', c, (id, version) => this.#deps.api.prioritise(id, { version, to, ...optional(reason) }));

  setTags = (c: CaseSummary, tags: string[]) => this.#run('tags', c, (id) => this.#deps.api.setTags(id, { tags }));

  link = (c: CaseSummary, other: CaseId) => this.#run('link', c, (id) => this.#deps.api.link(id, { case_id: other }));

  unlink = (c: CaseSummary, other: CaseId) =>
    this.#run('unlink', c, (id) => this.#deps.api.unlink(id, { case_id: other }));

  merge = (c: CaseSummary, into: CaseId, summary: string) =>
    this.#run('merge', c, (id, version) => this.#deps.api.merge(id, { version, into, summary }));

  askFix = (c: CaseSummary) => this.#run('askFix', c, (id) => this.#deps.api.askFix(id));

  dismiss(): void {
    this.failed = null;
  }

  /** Whether it was done. */
  async #run(
    verb: Verb,
    summary: CaseSummary,
    send: (id: CaseId, version: number) => Promise<CaseAnswer>,
  ): Promise<boolean> {
    if (this.busy) return false;
    this.busy = verb;
    this.failed = null;
    try {
      this.#deps.onAnswer(await send(summary.case_id, summary.version));
      return true;
    } catch (error) {
      this.failed = { caseId: summary.case_id, error };
      this.#deps.onError(error);
      return false;
    } finally {
      this.busy = null;
    }
  }
}

function optional(reason: string): { reason?: string } {
  const text = reason.trim();
  return text ? { reason: text } : {};
}
