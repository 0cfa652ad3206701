/** Calls `tick` every second, also while the page is in the background. Returns how to stop it. */
export function startTicker(tick: () => void): () => void {
  const worker = new Worker(new URL('./ticker.worker.ts', import.meta.url), { type: 'module' });
  worker.onmessage = tick;
  return () => worker.terminate();
}
