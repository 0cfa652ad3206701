import type { Conflict, ErrorCode, Problem } from '@protocol';

/** What a request can come to, other than an answer. */
export type Failure =
  | { kind: 'problem'; problem: Problem }
  /** No answer: the network, or the service, is not there. */
  | { kind: 'unreachable' }
  /** No answer in time. What was asked for may or may not have been done. */
  | { kind: 'timeout' };

export class ApiError extends Error {
  constructor(readonly failure: Failure) {
    super(failure.kind === 'problem' ? failure.problem.code : failure.kind);
  }

  get code(): ErrorCode | null {
    return this.failure.kind === 'problem' ? this.failure.problem.code : null;
  }

  get conflict(): Conflict | null {
    return (this.failure.kind === 'problem' && this.failure.problem.conflict) || null;
  }
}

/** Whether the same request may well succeed a little later. */
export function isPassing(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false;
  if (error.failure.kind !== 'problem') return true;
  const { status } = error.failure.problem;
  return status >= 500 || status === 429 || status === 425;
}

/** Reads an error answer; one that is no problem document (a proxy's page) still becomes one. */
export async function readProblem(response: Response): Promise<Problem> {
  try {
    const body: unknown = await response.json();
    if (isProblem(body)) return body;
  } catch {
    // Not JSON: the status alone has to do.
  }
  const code: ErrorCode = response.status >= 500 ? 'unavailable' : 'internal';
  return { type: `urn:sos:problem:${code}`, title: response.statusText, status: response.status, code };
}

function isProblem(body: unknown): body is Problem {
  return typeof body === 'object' && body !== null && 'code' in body && 'status' in body;
}
