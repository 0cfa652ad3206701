// @vitest-environment happy-dom
import type { ExportView, NewExport } from '@protocol';
import { flushSync, mount, unmount } from 'svelte';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { anExport } from '../../testing/figures';
import { settle } from '../../testing/manual_clock';
import PdfHarness from '../../testing/PdfHarness.svelte';
import { Started } from '../../testing/started';

const OF = { kind: 'report', case_id: 'c1' } as const;
let desk: Started;
let mounted: object;

const asked = () => desk.service.bodies.filter((body) => 'export_id' in (body as object)) as NewExport[];
const button = () => desk.target.querySelector('button');
const link = () => desk.target.querySelector('a');
const said = () => desk.target.querySelector('[role=status]')?.textContent?.trim();

async function pause() {
  for (let i = 0; i < 4; i++) {
    flushSync();
    await settle();
  }
  flushSync();
}

function answer(change: Partial<ExportView>) {
  desk.service.answers.set('POST /api/exports', () => Response.json({}));
  desk.service.answers.set('GET /api/exports', () =>
    Response.json({ exports: asked().map(({ export_id }) => anExport({ export_id, of: OF, format: 'pdf', file_name: 'report.pdf', ...change })) }),
  );
}

beforeEach(async () => {
  desk = new Started();
  await desk.connect();
  mounted = mount(PdfHarness, { target: desk.target, props: { console: desk.console, of: OF } });
  flushSync();
});
afterEach(() => {
  void unmount(mounted);
  desk.target.remove();
});

it('asks for the PDF in the language of the console, waits, and gives it', async () => {
  answer({ state: 'running' });
  button()?.click();
  await pause();
  expect(asked()).toMatchObject([{ of: OF, format: 'pdf', language: 'vi' }]);
  expect(said()).toBe('Đang tạo bản PDF…');
  expect(button()?.disabled).toBe(true);
  answer({ state: 'done' });
  await desk.clock.advance(1_000);
  await pause();
  expect(link()?.getAttribute('href')).toBe(`/api/exports/${asked()[0]?.export_id}/file`);
  expect(link()?.getAttribute('download')).toBe('report.pdf');
  expect(said()).toContain('Đã tạo xong');
});

it('says why there is none, and asks anew when it is wanted again', async () => {
  answer({ state: 'failed', fault: 'broken' });
  button()?.click();
  await pause();
  expect(said()).toContain('Không tạo được sau nhiều lần thử');
  button()?.click();
  await pause();
  expect(new Set(asked().map(({ export_id }) => export_id)).size).toBe(2);
});

it('says that the service was not reached, and leaves the way open', async () => {
  desk.service.answers.set('GET /api/exports', () => Response.json({ exports: [] }));
  desk.service.answers.set('POST /api/exports', () => Response.json({ code: 'unavailable' }, { status: 503 }));
  button()?.click();
  await pause();
  expect(desk.target.querySelector('[role=alert]')).not.toBeNull();
  expect(button()?.disabled).toBe(false);
});
