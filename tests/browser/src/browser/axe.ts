import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

interface AxeResult {
  violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[];
}

/** What axe finds against WCAG 2.2 AA, a line each: on the page, or within the first of `within`. */
export async function violations(page: Page, within = 'html'): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(AXE);
  // What passes is not written down: on a full page that is most of the work.
  const options = { runOnly: { type: 'tag', values: RULES }, resultTypes: ['violations'] };
  const result = await page.evaluate(
    ([within, options]) =>
      (globalThis as unknown as { axe: { run(root: Element, options: object): Promise<unknown> } }).axe.run(document.querySelector(within) as Element, options),
    [within, options] as const,
  );
  return (result as AxeResult).violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary ?? ''}`),
  );
}
