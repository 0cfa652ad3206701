import type { CaseDetail, CaseSummary, ConsoleFrame, FeedFrame } from '@protocol';
import type { SocketLike } from '../lib/feed/socket';
import { aReport } from './reports';
import { aCover, anOfficer, someTexts } from './samples';

/** A service that exists only in tests: answers what it is told to answer, and keeps what it was asked. */
export class Service {
  requests: string[] = [];
  answers = new Map<string, () => Response>();
  socket: SocketLike | null = null;
  cases = new Map<string, CaseSummary>();
  details = new Map<string, Partial<CaseDetail>>();
  bodies: unknown[] = [];
  /** What the console said over its feed. */
  said: ConsoleFrame[] = [];

  fetch = (async (path: string, init?: RequestInit) => {
    const request = `${init?.method ?? 'GET'} ${path}`;
    this.requests.push(request);
    if (typeof init?.body === 'string') this.bodies.push(JSON.parse(init.body));
    const answer = this.answers.get(request);
    if (answer) return answer();
    if (path === '/api/session') return Response.json(anOfficer());
    if (path === '/api/desks') return Response.json({ desks: [] });
    if (path === '/api/feed-ticket') return Response.json({ ticket: 't' });
    if (path === '/api/texts') return Response.json(someTexts());
    if (path === '/api/cover') return Response.json(aCover());
    if (/^\/api\/cases\/[^/]+\/report\b/.test(path)) return Response.json(aReport({ required: [] }));
    const id = path.split('/')[3] ?? '';
    if (/\/report(\?|$)/.test(path)) return Response.json(aReport({ case_id: id, required: [], due_ms: null }));
    const summary = this.cases.get(id);
    return init?.method === 'GET'
      ? Response.json({ case: summary, timeline: [], fixes: [], ...this.details.get(id) })
      : Response.json({ case: summary });
  }) as typeof fetch;

  openSocket = (): SocketLike => {
    this.socket = { onopen: null, onmessage: null, onclose: null, readyState: 1, send: (text) => void this.said.push(JSON.parse(text)), close() {} };
    return this.socket;
  };

  send(frame: FeedFrame) {
    this.socket?.onmessage?.({ data: JSON.stringify(frame) });
  }

  count(request: string) {
    return this.requests.filter((other) => other === request).length;
  }
}
