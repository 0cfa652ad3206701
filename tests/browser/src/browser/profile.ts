import type { Page } from 'playwright-core';

/** Between two looks at what runs, in microseconds. */
const SAMPLE_US = 500;

/** Where a page's processor time goes while `work` runs: functions with the most time of their own, the costliest first. */
export async function costs(page: Page, work: () => Promise<void>, count: number): Promise<string[]> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Profiler.enable');
  await devtools.send('Profiler.setSamplingInterval', { interval: SAMPLE_US });
  await devtools.send('Profiler.start');
  await work();
  const { profile } = await devtools.send('Profiler.stop');
  await devtools.detach();
  const spans = new Map<number, number>();
  profile.samples?.forEach((id, i) => spans.set(id, (spans.get(id) ?? 0) + (profile.timeDeltas?.[i] ?? 0)));
  const own = new Map<string, number>();
  for (const { id, callFrame } of profile.nodes) {
    const { functionName, url, lineNumber, columnNumber } = callFrame;
    if (functionName === '(idle)') continue;
    const at = url ? ` ${url.split('/').at(-1)}:${lineNumber + 1}:${columnNumber + 1}` : '';
    const name = `${functionName || '(no name)'}${at}`;
    own.set(name, (own.get(name) ?? 0) + (spans.get(id) ?? 0));
  }
  const total = [...spans.values()].reduce((sum, us) => sum + us, 0);
  const costliest = [...own].sort(([, a], [, b]) => b - a).slice(0, count);
  return costliest.map(([name, us]) => `${((us / total) * 100).toFixed(1).padStart(5)}%  ${name}`);
}
