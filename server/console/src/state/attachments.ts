import type { AttachmentId, CaseId } from '@protocol';
import { attachmentUrl, type Api } from '../lib/api';
import { ApiError } from '../lib/http/problem';

/**
 * Why an attachment is not shown. `refused`: the service does not give it to this officer, or has it no more.
 * `unreadable`: it can be had, but the browser makes nothing of it.
 */
export type MediaTrouble = 'failed' | 'refused' | 'unreadable';

const REFUSALS: readonly number[] = [401, 403, 404, 410];

export interface AttachmentDeps {
  api: Api;
  onError: (error: unknown) => void;
}

/** Photos and voice notes: the browser loads them by their address, which says no more than that it did not succeed. */
export class Attachments {
  readonly #deps: AttachmentDeps;

  constructor(deps: AttachmentDeps) {
    this.#deps = deps;
  }

  url(caseId: CaseId, id: AttachmentId): string {
    return attachmentUrl(caseId, id);
  }

  /** Asks the service why the browser could not load it. */
  async troubleWith(caseId: CaseId, id: AttachmentId): Promise<MediaTrouble> {
    try {
      await this.#deps.api.attachment(caseId, id);
      return 'unreadable';
    } catch (error) {
      this.#deps.onError(error);
      const refused =
        error instanceof ApiError &&
        error.failure.kind === 'problem' &&
        REFUSALS.includes(error.failure.problem.status);
      return refused ? 'refused' : 'failed';
    }
  }
}
