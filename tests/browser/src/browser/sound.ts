import type { Page } from 'playwright-core';

/** Where the probe keeps what it heard, in the page. */
interface Heard {
  soundsStartedMs: number[];
}

/**
 * Notes every tone that the page starts while its sound truly runs. Put there before the page's own code: anything
 * evaluated later counts as a gesture of the user and would itself let the sound start.
 */
export async function listen(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const heard = globalThis as unknown as Heard;
    heard.soundsStartedMs = [];
    const start = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (this: OscillatorNode, ...when: [number?]) {
      if (this.context.state === 'running') heard.soundsStartedMs.push(Date.now());
      start.apply(this, when);
    };
  });
}

/** When tones were started, by the clock that the phones of this computer have too. */
export function sounds(page: Page): Promise<number[]> {
  return page.evaluate(() => (globalThis as unknown as Heard).soundsStartedMs);
}
