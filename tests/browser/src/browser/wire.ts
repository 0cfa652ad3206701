import type { CDPSession } from 'playwright-core';
import type { Worker } from './worker';

interface Frame {
  type?: string;
  receipt?: { stage?: string };
}

/** What somebody who looks at the phone's network sees of a page, from now on. */
export class Wire {
  readonly #names: string[] = [];
  readonly #frames: Frame[] = [];

  static async of(worker: Worker): Promise<Wire> {
    const wire = new Wire();
    wire.#listen(await worker.context.newCDPSession(worker.page));
    return wire;
  }

  /** Addresses and kinds of frames with their members, each once, in the order of the alphabet. */
  names(): string[] {
    return [...new Set(this.#names)].sort();
  }

  heard(type: string, stage: string): boolean {
    return this.#frames.some((frame) => frame.type === type && frame.receipt?.stage === stage);
  }

  #listen(devtools: CDPSession): void {
    devtools.on('Network.requestWillBeSent', ({ request }) => this.#names.push(`${request.method} ${new URL(request.url).pathname}`));
    devtools.on('Network.webSocketFrameSent', ({ response }) => this.#frame('>', response.payloadData));
    devtools.on('Network.webSocketFrameReceived', ({ response }) => this.#frame('<', response.payloadData));
    void devtools.send('Network.enable');
  }

  #frame(way: string, text: string): void {
    const frame = JSON.parse(text) as Frame;
    this.#frames.push(frame);
    // How often positions and pings go depends on the moment.
    if (frame.type !== 'fixes' && frame.type !== 'fixes_accepted' && frame.type !== 'ping' && frame.type !== 'pong') {
      this.#names.push(`${way} ${frame.type} ${Object.keys(frame).sort().join(',')}`);
    }
  }
}
