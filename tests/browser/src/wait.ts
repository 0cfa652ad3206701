const POLL_MS = 20;

/** Waits until `look` gives something, and returns that. Fails after `limit_ms`, saying what was waited for. */
export async function until<T>(
  what: string,
  look: () => T | null | undefined | false | Promise<T | null | undefined | false>,
  limit_ms = 20_000,
): Promise<T> {
  const end = Date.now() + limit_ms;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end) throw new Error(`not within ${limit_ms} ms: ${what}`);
    await new Promise((done) => setTimeout(done, POLL_MS));
  }
}
