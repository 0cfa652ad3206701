import type {
  Assign,
  AttachmentId,
  Batch,
  BatchAnswer,
  CaseAnswer,
  CaseDetail,
  CaseFileCheck,
  CaseId,
  ChannelId,
  Channels,
  Claim,
  Close,
  CoverView,
  Desks,
  EscalationView,
  FeedTicket,
  Found,
  Link,
  Me,
  Merge,
  PostAnswer,
  PostMessage,
  PostNote,
  Prioritise,
  PutChannel,
  Search,
  SetTags,
  Share,
  SignIn,
  Surroundings,
  Texts,
  Transfer,
  WithReason,
} from '@protocol';
import { ApiError, readProblem } from './http/problem';
import type { Clock } from './time/clock';

/** An answer that takes longer than this is given up, in milliseconds. */
export const REQUEST_TIMEOUT_MS = 8_000;

/** A file on its way over a slow link may take this long, in milliseconds. */
const UPLOAD_TIMEOUT_MS = 60_000;

/** Where the bytes of an attachment are, for the officers who may see its case. */
export function attachmentUrl(caseId: CaseId, id: AttachmentId): string {
  return `/api/cases/${caseId}/attachments/${id}`;
}

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** The HTTP interface of the service, one method a route. Every failure is an `ApiError`. */
export class Api {
  readonly #fetch: typeof fetch;
  readonly #clock: Clock;

  constructor(deps: { fetch: typeof fetch; clock: Clock }) {
    this.#fetch = deps.fetch;
    this.#clock = deps.clock;
  }

  me = () => this.#send<Me>('GET', '/api/session');
  signIn = (body: SignIn) => this.#send<Me>('POST', '/api/session', body);
  signOut = () => this.#send<void>('DELETE', '/api/session');
  startShift = () => this.#send<Me>('POST', '/api/shift');
  endShift = () => this.#send<Me>('DELETE', '/api/shift');
  desks = () => this.#send<Desks>('GET', '/api/desks');
  feedTicket = () => this.#send<FeedTicket>('POST', '/api/feed-ticket');

  caseDetail = (id: CaseId) => this.#send<CaseDetail>('GET', `/api/cases/${id}`);
  claim = (id: CaseId, body: Claim) => this.#command(id, 'claim', body);
  release = (id: CaseId, body: WithReason) => this.#command(id, 'release', body);
  transfer = (id: CaseId, body: Transfer) => this.#command(id, 'transfer', body);
  close = (id: CaseId, body: Close) => this.#command(id, 'close', body);
  reopen = (id: CaseId, body: WithReason) => this.#command(id, 'reopen', body);
  postMessage = (id: CaseId, body: PostMessage) => this.#command(id, 'messages', body);
  postNote = (id: CaseId, body: PostNote) => this.#command(id, 'notes', body);
  rang = (id: CaseId) => this.#command(id, 'rang');
  seen = (id: CaseId) => this.#command(id, 'seen');
  assign = (id: CaseId, body: Assign) => this.#command(id, 'assign', body);
  take = (id: CaseId, body: Claim) => this.#command(id, 'transfer/take', body);
  decline = (id: CaseId, body: WithReason) => this.#command(id, 'transfer/decline', body);
  withdraw = (id: CaseId, body: Claim) => this.#command(id, 'transfer/withdraw', body);
  share = (id: CaseId, body: Share) => this.#command(id, 'share', body);
  prioritise = (id: CaseId, body: Prioritise) => this.#command(id, 'priority', body);
  setTags = (id: CaseId, body: SetTags) => this.#command(id, 'tags', body);
  answer = (id: CaseId, body: PostAnswer) => this.#command(id, 'answers', body);
  link = (id: CaseId, body: Link) => this.#command(id, 'links', body);
  unlink = (id: CaseId, body: Link) => this.#command(id, 'unlink', body);
  merge = (id: CaseId, body: Merge) => this.#command(id, 'merge', body);
  askFix = (id: CaseId) => this.#command(id, 'ask-fix');
  raise = (id: CaseId, body: WithReason) => this.#command(id, 'raise', body);

  texts = () => this.#send<Texts>('GET', '/api/texts');
  cover = () => this.#send<CoverView>('GET', '/api/cover');
  surroundings = (id: CaseId) => this.#send<Surroundings>('GET', `/api/cases/${id}/surroundings`);
  /** The words go in the body: an address would be written into logs. */
  search = (body: Search) => this.#send<Found>('POST', '/api/search', body);

  escalation = (id: CaseId) => this.#send<EscalationView>('GET', `/api/cases/${id}/escalation`);
  told = (id: CaseId) => this.#send<unknown>('POST', `/api/cases/${id}/told`);
  batch = (body: Batch) => this.#send<BatchAnswer>('POST', '/api/cases/batch', body);

  channels = () => this.#send<Channels>('GET', '/api/me/channels');
  putChannel = (id: ChannelId, body: PutChannel) => this.#send<unknown>('PUT', `/api/me/channels/${id}`, body);
  removeChannel = (id: ChannelId) => this.#send<unknown>('DELETE', `/api/me/channels/${id}`);
  testChannel = (id: ChannelId) => this.#send<Channels>('POST', `/api/me/channels/${id}/test`);
  deskChannels = () => this.#send<Channels>('GET', '/api/cover/channels');
  testDeskChannels = () => this.#send<Channels>('POST', '/api/cover/channels/test');

  /** Whether the bytes of an attachment can be had; they are not read. */
  attachment = (caseId: CaseId, id: AttachmentId) =>
    this.#send<void>('GET', attachmentUrl(caseId, id), undefined, async (response) => response.body?.cancel());

  checkCaseFile = (file: Blob) => this.#send<CaseFileCheck>('POST', '/api/case-files/check', file);

  /** Any other route, for parts of the console that are loaded when they are opened. */
  request<T>(method: Method, path: string, body?: unknown): Promise<T> {
    return this.#send<T>(method, path, body);
  }

  #command(id: CaseId, verb: string, body?: unknown): Promise<CaseAnswer> {
    return this.#send<CaseAnswer>('POST', `/api/cases/${id}/${verb}`, body);
  }

  async #send<T>(
    method: Method,
    path: string,
    body?: unknown,
    read: (response: Response) => Promise<unknown> = readJson,
  ): Promise<T> {
    const abort = new AbortController();
    const limit_ms = body instanceof Blob ? UPLOAD_TIMEOUT_MS : REQUEST_TIMEOUT_MS;
    const callOff = this.#clock.after(limit_ms, () => abort.abort());
    try {
      const response = await this.#fetch(path, {
        method,
        signal: abort.signal,
        credentials: 'same-origin',
        ...content(body),
      });
      if (!response.ok) {
        throw new ApiError({ kind: 'problem', problem: await readProblem(response) });
      }
      return (await read(response)) as T;
    } catch (error) {
      if (error instanceof ApiError) throw error;
      throw new ApiError({ kind: abort.signal.aborted ? 'timeout' : 'unreachable' });
    } finally {
      callOff();
    }
  }
}

function content(body: unknown): RequestInit {
  if (body === undefined) return {};
  if (body instanceof Blob) return { body };
  return { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

async function readJson(response: Response): Promise<unknown> {
  return response.status === 204 ? undefined : response.json();
}
