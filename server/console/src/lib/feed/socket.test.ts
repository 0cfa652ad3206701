import type { FeedFrame } from '@protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import { ManualClock, settle } from '../../testing/manual_clock';
import { ApiError } from '../http/problem';
import { DEAD_AFTER_MS, FeedSocket, OPEN_TIMEOUT_MS, RECONNECT, type SocketLike } from './socket';

class FakeSocket implements SocketLike {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: (() => void) | null = null;
  readyState = 0;
  sent: unknown[] = [];
  closed = false;

  open() {
    this.readyState = 1;
    this.onopen?.();
  }
  send(text: string) {
    this.sent.push(JSON.parse(text));
  }
  close() {
    this.closed = true;
  }
  hear(frame: unknown) {
    this.onmessage?.({ data: typeof frame === 'string' ? frame : JSON.stringify(frame) });
  }
}

const HEARTBEAT = { type: 'heartbeat', head_seq: 1, server_time_ms: 0, on_duty: [] };

describe('the feed socket', () => {
  let clock: ManualClock;
  let sockets: FakeSocket[];
  let heard: FeedFrame[];
  let cursor: number | null;
  let signedOut: boolean;
  let ticket: () => Promise<string>;
  let feed: FeedSocket;
  const last = () => sockets.at(-1) as FakeSocket;

  beforeEach(() => {
    clock = new ManualClock();
    sockets = [];
    heard = [];
    cursor = null;
    signedOut = false;
    ticket = async () => 'ticket';
    feed = new FeedSocket({
      clock,
      random: () => 1,
      openSocket: (subprotocol) => {
        expect(subprotocol).toBe('sos.v1');
        sockets.push(new FakeSocket());
        return last();
      },
      getTicket: () => ticket(),
      cursor: () => cursor,
      onHello: () => {},
      onFrame: (frame) => heard.push(frame),
      onSignedOut: () => (signedOut = true),
    });
    feed.start();
  });

  it('says hello with its ticket, and from where to resume once it knows', async () => {
    await settle();
    last().open();
    expect(last().sent).toEqual([{ type: 'hello', ticket: 'ticket' }]);
    cursor = 42;
    last().onclose?.();
    await clock.advance(RECONNECT.base_ms);
    last().open();
    expect(last().sent).toEqual([{ type: 'hello', ticket: 'ticket', after_seq: 42 }]);
  });

  it('waits longer with each failure, up to a bound', async () => {
    ticket = () => Promise.reject(new ApiError({ kind: 'unreachable' }));
    await settle();
    last().onclose?.();
    const tries: number[] = [];
    ticket = () => {
      tries.push(clock.now());
      return Promise.reject(new ApiError({ kind: 'unreachable' }));
    };
    await clock.advance(60_000);
    const waits = tries.slice(1).map((at, i) => at - (tries[i] as number));
    expect(waits.slice(0, 4)).toEqual([1000, 2000, 4000, 8000]);
    expect(Math.max(...waits)).toBe(RECONNECT.max_ms);
  });

  it('gives up a connection that has gone silent, and one that never opens', async () => {
    await settle();
    last().open();
    last().hear(HEARTBEAT);
    await clock.advance(DEAD_AFTER_MS - 1);
    expect(sockets).toHaveLength(1);
    await clock.advance(1 + RECONNECT.base_ms);
    expect(sockets[0]?.closed).toBe(true);
    expect(sockets).toHaveLength(2);
    await clock.advance(OPEN_TIMEOUT_MS + RECONNECT.max_ms);
    expect(sockets).toHaveLength(3);
  });

  it('goes on after frames that it does not understand', async () => {
    await settle();
    last().open();
    for (const bad of ['', '{', '[]', 'null', '{"no":"type"}']) last().hear(bad);
    last().onmessage?.({ data: new ArrayBuffer(4) });
    last().hear(HEARTBEAT);
    expect(heard.map((frame) => frame.type)).toEqual(['heartbeat']);
  });

  it('takes a new ticket when the service does not know the old one', async () => {
    await settle();
    last().open();
    last().hear({ type: 'error', code: 'ticket_invalid', detail: '' });
    await clock.advance(RECONNECT.base_ms);
    expect(sockets).toHaveLength(2);
  });

  it('says so when the session has ended, and stops', async () => {
    const problem = { type: '', title: '', status: 401, code: 'not_signed_in' as const };
    ticket = () => Promise.reject(new ApiError({ kind: 'problem', problem }));
    await settle();
    last().onclose?.();
    await clock.advance(60_000);
    expect(signedOut).toBe(true);
    expect(sockets).toHaveLength(1);
  });

  it('hurries when the network is back, and opens nothing after it was stopped', async () => {
    await settle();
    last().onclose?.();
    feed.hurry();
    await settle();
    expect(sockets).toHaveLength(2);
    feed.stop();
    await clock.advance(60_000);
    expect(sockets).toHaveLength(2);
    expect(last().closed).toBe(true);
  });
});
