// An enrolled phone's outbox and a service that is told what to answer, for what goes over HTTP.
import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import type { ErrorCode } from '@protocol';
import { Holder } from '../bridge/holder';
import { makeKeys } from '../bridge/proof';
import { numbered } from './phone';

globalThis.IDBKeyRange = IDBKeyRange;

export async function enrolledHolder(): Promise<Holder> {
  const holder = new Holder(new IDBFactory(), 'outbox');
  const worker = { worker_id: numbered(2), name: 'Nguyễn Thị Hoa', language: 'vi' };
  const keys = await makeKeys();
  await holder.use(async (outbox) => {
    await outbox.setKeys(keys);
    await outbox.setIdentity({ device_id: numbered(1), credential: 'credential', credential_expires_ms: 9, worker });
  });
  return holder;
}

export interface Asked {
  method: string;
  path: string;
  headers: Headers;
  body: string;
}

/** A service, or none: where `answer` gives null there is no network. */
export class FakeService {
  readonly asked: Asked[] = [];
  /** Paths of calls that the phone gave up. */
  readonly calledOff: string[] = [];
  answer: (asked: Asked) => Response | null | Promise<Response | null> = () => null;

  readonly fetch = (async (path: string, init: RequestInit = {}) => {
    const body = init.body instanceof Uint8Array ? new TextDecoder().decode(init.body) : String(init.body ?? '');
    const asked = { method: init.method ?? 'GET', path, headers: new Headers(init.headers), body };
    this.asked.push(asked);
    const calledOff = new Promise<never>((_, failed) => {
      init.signal?.addEventListener('abort', () => {
        this.calledOff.push(path);
        failed(new DOMException('', 'AbortError'));
      });
    });
    const answer = await Promise.race([this.answer(asked), calledOff]);
    if (!answer) throw new TypeError('no network');
    return answer;
  }) as typeof fetch;
}

export const nothing = () => new Response(null, { status: 204 });
export const problem = (status: number, code: ErrorCode) => Response.json({ type: '', title: '', status, code }, { status });
