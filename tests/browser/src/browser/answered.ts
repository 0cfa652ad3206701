// How long an officer waits for the screen: from the key or the click, by the browser's own time of it, to the frame in which
// the answer is painted.
import type { Page } from 'playwright-core';

/** What shows that the console has answered. */
export type Answer =
  /** Another case than this one is in the panel. */
  | { kind: 'other_case'; than: string | null }
  /** This case is in the panel; `whole`: with its chat, which the service was asked for. */
  | { kind: 'case'; id: string; whole: boolean }
  /** The command is under way or done: it cannot be given twice. `whole`: it is done. */
  | { kind: 'claim'; whole: boolean }
  /** These words stand in the chat. */
  | { kind: 'message'; text: string };

export interface Frames {
  /** Longest time between two frames, in milliseconds. */
  gap_ms: number;
  /** Longest frame that was late, as the browser counts it: from its first task to its paint. */
  longest_ms: number;
  /** Frames over 50 ms, which is what the browser calls late. */
  late: number;
  /** Of the longest one: what ran in it, the slowest first. */
  scripts: string[];
}

interface Probe {
  arm: (answer: Answer) => void;
  answered: () => Promise<number>;
  restartFrames: () => void;
  frames: () => Frames;
}

/** Puts the probe into the page. */
export async function watchAnswers(page: Page): Promise<void> {
  await page.evaluate(install);
}

/** Does something with the keyboard or the mouse; milliseconds until each of the `answers` is painted. */
export async function answeredIn(page: Page, answers: Answer[], act: () => Promise<void>): Promise<number[]> {
  await page.evaluate((all) => {
    for (const answer of all) (globalThis as unknown as { probe: Probe }).probe.arm(answer);
  }, answers);
  await act();
  return page.evaluate(
    async (count) => {
      const { probe } = globalThis as unknown as { probe: Probe };
      const took: number[] = [];
      for (let i = 0; i < count; i++) took.push(await probe.answered());
      return took;
    },
    answers.length,
  );
}

/** Counts frames from now on. */
export async function restartFrames(page: Page): Promise<void> {
  await page.evaluate(() => (globalThis as unknown as { probe: Probe }).probe.restartFrames());
}

export function frames(page: Page): Promise<Frames> {
  return page.evaluate(() => (globalThis as unknown as { probe: Probe }).probe.frames());
}

/** Runs in the page. */
function install(): void {
  /** What has not come by then counts as never. */
  const ANSWER_MS_MAX = 20_000;
  const wanted: Promise<number>[] = [];
  let counted = { gap_ms: 0, longest_ms: 0, late: 0, scripts: [] as string[] };
  let frame_at: number | null = null;

  const panel = () => document.querySelector<HTMLElement>('.case-panel');
  const isThere = (answer: Answer): boolean => {
    switch (answer.kind) {
      case 'other_case':
        return panel()?.dataset.case !== undefined && panel()?.dataset.case !== answer.than;
      case 'case':
        return panel()?.dataset.case === answer.id && (!answer.whole || panel()?.dataset.status === 'ready');
      case 'claim': {
        const state = document.querySelector<HTMLElement>('[data-testid=case-state]')?.dataset.state;
        const busy = document.querySelector<HTMLButtonElement>('.case-panel .claim')?.disabled === true;
        return state === 'claimed' || (!answer.whole && busy);
      }
      case 'message':
        return Array.from(document.querySelectorAll('[data-testid=message-outgoing], [data-testid=message-desk]')).some((line) => line.textContent?.includes(answer.text));
    }
  };

  const arm = (answer: Answer) => {
    wanted.push(
      new Promise((done) => {
        let from: number | null = null;
        const begun = (event: Event) => {
          from ??= event.timeStamp;
        };
        for (const type of ['keydown', 'pointerdown']) addEventListener(type, begun, { capture: true, once: true });
        const armed = performance.now();
        const look = () => {
          if (from !== null && isThere(answer)) {
            // After the paint of this very frame.
            const { port1, port2 } = new MessageChannel();
            port1.onmessage = () => done(performance.now() - (from as number));
            port2.postMessage(null);
          } else if (performance.now() - armed > ANSWER_MS_MAX) done(Number.POSITIVE_INFINITY);
          else requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
      }),
    );
  };

  const beat = (at: number) => {
    if (frame_at !== null) counted.gap_ms = Math.max(counted.gap_ms, at - frame_at);
    frame_at = at;
    requestAnimationFrame(beat);
  };
  requestAnimationFrame(beat);

  interface LateFrame extends PerformanceEntry {
    scripts: (PerformanceEntry & { invoker: string; sourceFunctionName: string; sourceURL: string })[];
  }
  new PerformanceObserver((list) => {
    for (const late of list.getEntries() as LateFrame[]) {
      counted.late++;
      if (late.duration <= counted.longest_ms) continue;
      counted.longest_ms = late.duration;
      const slowest = [...late.scripts].sort((a, b) => b.duration - a.duration).slice(0, 3);
      counted.scripts = slowest.map((s) => `${Math.round(s.duration)} ms ${s.invoker} ${s.sourceFunctionName}`);
    }
  }).observe({ type: 'long-animation-frame' });

  const probe: Probe = {
    arm,
    answered: () => wanted.shift() ?? Promise.reject(new Error('nothing was awaited')),
    restartFrames: () => {
      counted = { gap_ms: 0, longest_ms: 0, late: 0, scripts: [] };
      frame_at = null;
    },
    frames: () => counted,
  };
  Object.assign(globalThis, { probe });
}
