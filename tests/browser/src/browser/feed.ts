import type { Page } from 'playwright-core';
import type { FeedFrame, Seq } from '@protocol';

/** What came to a console over its feed, on all of its connections together. */
export class HeardFeed {
  /** Where the first snapshot ended. */
  firstHead: Seq | null = null;
  snapshots = 0;
  /** Of the entries, as they came. */
  readonly seqs: Seq[] = [];

  constructor(page: Page) {
    page.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => this.#hear(String(payload))));
  }

  #hear(text: string): void {
    const frame = JSON.parse(text) as FeedFrame;
    if (frame.type === 'event') this.seqs.push(frame.entry.seq);
    if (frame.type !== 'snapshot') return;
    this.snapshots++;
    this.firstHead ??= frame.head_seq;
  }
}
