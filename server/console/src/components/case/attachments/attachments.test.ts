// @vitest-environment happy-dom
import { flushSync } from 'svelte';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { aCase, aFix, anAttachment, NOON } from '../../../testing/samples';
import { settle } from '../../../testing/manual_clock';
import { Started } from '../../../testing/started';

let desk: Started;
beforeEach(() => (desk = new Started()));
afterEach(() => desk.stop());

const ADDRESS = '/api/cases/c1/attachments/t2';
const taken = { lat: 25.06, lon: 121.52, at_ms: NOON - 60_000 };
const picture = () => desk.target.querySelector<HTMLImageElement>('[data-testid=photo] img');
const state = (testid: string) => desk.find(testid)?.dataset.state;

async function showPhoto() {
  await desk.open(aCase({ position: aFix() }), { timeline: [anAttachment(2, {}, taken)] });
}

async function happen(target: EventTarget | null | undefined, event: string) {
  target?.dispatchEvent(new Event(event));
  await settle();
  flushSync();
}

it('a photo is loaded when it comes into sight, named, with its time, size and what the camera claims', async () => {
  await showPhoto();
  expect(picture()?.getAttribute('src')).toBe(ADDRESS);
  expect(picture()?.getAttribute('loading')).toBe('lazy');
  expect(picture()?.getAttribute('alt')).toBe('Ảnh của người lao động, 12:00');
  expect(state('photo')).toBe('loading');
  const said = desk.find('attachment-photo')?.textContent ?? '';
  for (const part of ['Đang tải', '12:00:00', '1,2 MB', 'Máy ảnh tự ghi (không kiểm chứng được)', 'cách vị trí mới nhất 1,1 km']) {
    expect(said).toContain(part);
  }
  await happen(picture(), 'load');
  expect(state('photo')).toBe('shown');
  expect(desk.find('photo')?.textContent).not.toContain('Đang tải');
});

it('a photo opens large in a dialog, and Escape closes it', async () => {
  await showPhoto();
  await desk.click(desk.target.querySelector<HTMLElement>('[data-testid=photo] button'));
  const dialog = document.querySelector('dialog');
  expect(dialog?.querySelector('h2')?.textContent).toBe('Ảnh của người lao động, 12:00');
  expect(dialog?.querySelector('img')?.getAttribute('src')).toBe(ADDRESS);
  await happen(dialog, 'cancel');
  expect(document.querySelector('dialog')).toBeNull();
});

it('a photo that failed is loaded anew by its button', async () => {
  desk.service.answers.set(`GET ${ADDRESS}`, () => Response.json({ code: 'unavailable', status: 503 }, { status: 503 }));
  await showPhoto();
  await happen(picture(), 'error');
  expect(state('photo')).toBe('failed');
  expect(picture()).toBeNull();
  await desk.click(desk.target.querySelector<HTMLElement>('[data-testid=media-failed] button'));
  expect(picture()?.getAttribute('src')).toBe(ADDRESS);
  expect(state('photo')).toBe('loading');
});

it('a photo that is refused has no button that would change nothing', async () => {
  desk.service.answers.set(`GET ${ADDRESS}`, () => Response.json({ code: 'not_found', status: 404 }, { status: 404 }));
  await showPhoto();
  await happen(picture(), 'error');
  expect(state('photo')).toBe('refused');
  expect(desk.find('media-refused')?.textContent).toContain('Máy chủ không cho xem');
  expect(desk.find('media-refused')?.querySelector('button')).toBeNull();
});

it("a voice note has the browser's own controls, and its length once that is known", async () => {
  await desk.open(aCase(), { timeline: [anAttachment(2, { media: 'voice', content_type: 'audio/webm', bytes: 80_400 })] });
  const audio = desk.target.querySelector('audio');
  expect(audio?.controls).toBe(true);
  expect(audio?.getAttribute('src')).toBe(ADDRESS);
  expect(audio?.getAttribute('aria-label')).toBe('Tin thoại của người lao động, 12:00');
  expect(state('voice')).toBe('loading');
  const length = (seconds: number) => Object.defineProperty(audio as object, 'duration', { value: seconds, configurable: true });
  length(Infinity);
  await happen(audio, 'loadedmetadata');
  expect(desk.find('voice')?.textContent).toContain('Chưa rõ dài bao lâu');
  // The browser looked at the end, and goes back to the beginning.
  expect(audio?.currentTime).toBeGreaterThan(0);
  length(12.4);
  await happen(audio, 'durationchange');
  await happen(audio, 'seeked');
  expect(audio?.currentTime).toBe(0);
  expect(desk.find('voice')?.textContent).toContain('Dài 0:12');
  expect(desk.find('attachment-voice')?.textContent).toContain('80 kB');
});

it('one that comes while the case is open is added to the conversation', async () => {
  await desk.open(aCase(), { timeline: [] });
  await desk.hear(anAttachment(2), aCase({ last_seq: 2, unread: 1 }));
  expect(desk.find('attachment-photo')).not.toBeNull();
});

it('a kind that this page does not know is said to be there', async () => {
  await desk.open(aCase(), { timeline: [anAttachment(2, { media: 'film' as never })] });
  expect(desk.find('attachment-film')?.textContent).toContain('tải lại trang');
});
