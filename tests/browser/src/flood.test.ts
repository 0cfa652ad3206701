// Two hundred SOS within a minute, fourteen of them from one place: the desk stays workable.
import { expect, it } from 'vitest';
import { FOLLOW_MAX, type CaseId } from '@protocol';
import { picture } from './browser/chromium';
import { useBrowser } from './browser/in_tests';
import { Officer } from './browser/officer';
import { sounds } from './browser/sound';
import { atOnce, Carrier, FloodPhone, onRecord, presses, spotOf, TOGETHER, type Pressed } from './service/flood';
import { useService } from './service/in_tests';
import { createWorkers, MINH } from './service/people';
import { until } from './wait';

const ALERTS = 200;
/** Of these, workers of one employer, all over the city. */
const COLLEAGUES = 6;
/** Those that press before the officer's hand lies on the list: too few to fill it. */
const FIRST = 4;
/** Those that press only when the officer has done a round of work: the flood lasts for as long as it is worked in. */
const LAST = 24;
/** Faster than they would come in a minute. */
const OVER_MS = 15_000;
/** The pattern of an SOS is started again no sooner than this, less what a busy computer is late with the one before. */
const ROUND_MS_MIN = 4_500;
/** Alarms that ring each by itself, before they are a flood. */
const SINGLE_ALARMS = 10;
const TOLD = 'Đại sứ quán đã biết vụ cháy. Ra khỏi nhà, đừng dùng thang máy.';

const service = useService();
const chromium = useBrowser();

it('a flood of 200 SOS in a minute stays workable', { timeout: 120_000 }, async () => {
  const codes = await createWorkers(service, Array.from({ length: COLLEAGUES }, (_, i) => `Lò Thị Xưởng ${i}`));
  const colleagues = await atOnce(codes, (code, i) => FloodPhone.enrolled(service, code, spotOf(TOGETHER + i * 9)));
  const officer = await Officer.at(chromium.get(), service.url);
  await officer.startShift(MINH);

  const begun = Date.now();
  const first = await presses(service, FIRST);
  const hand = await handOnTheList(officer);
  const flood = presses(service, ALERTS - COLLEAGUES - FIRST - LAST, { over_ms: OVER_MS, from: FIRST });
  const known = atOnce(colleagues, (phone) => phone.press());
  await worksMeanwhile(officer, hand);
  const last = await presses(service, LAST, { from: ALERTS - LAST });
  const [more, others] = await Promise.all([flood, known.then((alerts) => onRecord(service, alerts))]);
  const unknown = [...first, ...more];
  const pressed = [...unknown, ...others, ...last];

  await isOneAlarm(officer, begun);
  await allAreListed(officer, pressed);
  await officer.page.mouse.move(683, 5);
  await picture(officer.page, 'flood');
  await workedTogether(officer, unknown.slice(0, TOGETHER));
  await fitsAPhone(officer);
  await officer.leave();
});

/** Where the pointer rests, and on which row. */
interface Hand {
  under: () => Promise<string | undefined>;
  held: string;
  y: number;
}

async function handOnTheList(officer: Officer): Promise<Hand> {
  const { page } = officer;
  const rows = page.locator('.queue-panel button.row:not(.provisional):not(:disabled)');
  await until('the first rows', async () => (await rows.count()) === FIRST);
  const place = await rows.nth(2).boundingBox();
  if (!place) throw new Error('no row in sight');
  const [x, y] = [place.x + place.width / 2, place.y + place.height / 2];
  await page.mouse.move(x, y);
  const under = () => page.evaluate(([px, py]) => document.elementFromPoint(px as number, py as number)?.closest<HTMLElement>('button.row')?.dataset.case, [x, y]);
  const held = await under();
  const box = held && (await officer.row(held).boundingBox());
  if (!box) throw new Error('no row under the pointer');
  return { under, held, y: box.y };
}

/** The keys, while they come in. */
async function worksMeanwhile(officer: Officer, { under, held, y }: Hand): Promise<void> {
  const { page } = officer;
  await page.getByTestId('waiting').filter({ hasText: /\d+ ca mới ↑/ }).waitFor();
  await until('a flood', () => page.getByTestId('flood-banner').isVisible());
  await picture(page, 'flood-meanwhile');
  // Neither the new cases nor the banner above the list have moved anything under the hand; in between two frames it may seem so.
  const isWhereItWas = async () => Math.abs(((await officer.row(held).boundingBox())?.y ?? 0) - y) < 0.5;
  await until('nothing moved', async () => (await isWhereItWas()) && (await under()) === held);

  const shown = () => page.locator('.case-panel').getAttribute('data-case');
  await page.keyboard.press('j');
  const first = await until('the first case', shown);
  await page.keyboard.press('j');
  const second = await until('the next case', async () => (await shown()) !== first && shown());
  await page.keyboard.press('k');
  await until('the first case again', async () => (await shown()) === first);
  await page.keyboard.press('j');
  await page.locator(`.case-panel[data-case="${second}"][data-status=ready]`).waitFor();
  await page.keyboard.press('c');
  await officer.state('claimed');
  expect(await shown()).toBe(second);
  expect(await page.getByRole('dialog').count()).toBe(0);
  expect(await page.getByTestId('waiting').textContent()).toMatch(/\d+ ca mới ↑/);
  const drawn = await page.locator('.queue-panel li[aria-setsize]').first().getAttribute('aria-setsize');
  await page.getByTestId('waiting').click();
  await until('the new ones', async () => Number(await page.locator('.queue-panel li[aria-setsize]').first().getAttribute('aria-setsize')) > Number(drawn));
}

/** Said once, with how many they are; sounded as one, never over itself. */
async function isOneAlarm({ page }: Officer, begun: number): Promise<void> {
  const banner = page.getByTestId('flood-banner');
  await until('all of them in the banner', async () => (await banner.textContent())?.includes(`${ALERTS} ca mới`));
  const starts = (await sounds(page)).filter((at) => at >= begun);
  const rounds = starts.filter((at, i) => i === 0 || at - (starts[i - 1] as number) > 50);
  expect(rounds.length).toBeGreaterThan(0);
  // Past the first alarms, each of which begins it anew, one and the same goes on.
  const apart = rounds.slice(1).map((at, i) => at - (rounds[i] as number));
  expect(apart.filter((ms) => ms < ROUND_MS_MIN).length).toBeLessThanOrEqual(SINGLE_ALARMS);
}

/** The number above the list is that of the cases nobody has claimed. */
async function allAreListed({ page }: Officer, pressed: readonly Pressed[]): Promise<void> {
  expect(new Set(pressed.map(({ case_id }) => case_id)).size).toBe(ALERTS);
  const count = page.locator('#queue-tab-unclaimed .count > span').first();
  await until('every case that is not claimed', async () => Number(await count.textContent()) === ALERTS - 1);
}

/** The cases of one place are offered together; nothing is done to them that was not asked for. */
async function workedTogether(officer: Officer, near: readonly Pressed[]): Promise<void> {
  const { page } = officer;
  const phones = await followed(near);
  const wasClaimed = await claimedOf(officer, near);
  expect(wasClaimed.length).toBeLessThanOrEqual(1);

  await page.getByTestId('flood-banner').getByRole('button').click();
  const dialog = page.getByRole('dialog');
  const group = dialog.getByTestId('group').filter({ has: page.getByRole('heading', { name: new RegExp(`^${TOGETHER} ca trong vòng`) }) });
  await group.waitFor();
  await dialog.getByRole('heading', { name: `${COLLEAGUES} ca cùng công ty` }).or(dialog.getByText(`${COLLEAGUES} ca cùng công ty`)).first().waitFor();
  await picture(page, 'flood-groups');
  await group.getByRole('button', { name: `Nhận ${near.length - wasClaimed.length} ca` }).click();
  await group.getByText(new RegExp(`Xong ${near.length - wasClaimed.length} trên`)).waitFor();
  expect(await claimedOf(officer, near)).toHaveLength(near.length);

  await group.getByRole('button', { name: 'Nhắn tất cả' }).click();
  await group.getByRole('textbox').fill(TOLD);
  await group.getByRole('button', { name: `Gửi cho ${near.length} người` }).click();
  await group.getByText(`Xong ${near.length} trên ${near.length} ca`).waitFor();
  await until('every phone has it', () => phones.flatMap(({ messages }) => [...messages.keys()]).length === near.length);
  expect(phones.flatMap(({ messages }) => [...messages.values()])).toEqual(near.map(() => [TOLD]));
  await picture(page, 'flood-told');
  for (const phone of phones) phone.close();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
}

/** Over as few connections as may follow so many. */
function followed(pressed: readonly Pressed[]): Promise<Carrier[]> {
  const ids = pressed.map(({ alert_id }) => alert_id);
  const parts = Array.from({ length: Math.ceil(ids.length / FOLLOW_MAX) }, (_, i) => ids.slice(i * FOLLOW_MAX, (i + 1) * FOLLOW_MAX));
  return Promise.all(parts.map((part) => Carrier.connected(service, part)));
}

async function claimedOf(officer: Officer, cases: readonly Pressed[]): Promise<CaseId[]> {
  const details = await Promise.all(cases.map(({ case_id }) => officer.detail(case_id)));
  return details.filter(({ case: c }) => c.owner?.name === MINH.name).map(({ case: c }) => c.case_id);
}

/** The same on a phone: nothing is cut off. */
async function fitsAPhone({ page }: Officer): Promise<void> {
  await page.setViewportSize({ width: 390, height: 844 });
  const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  await page.getByRole('button', { name: 'Danh sách' }).click();
  await page.locator('.queue-panel button.row').first().waitFor();
  expect(await overflow()).toBeLessThanOrEqual(0);
  await picture(page, 'flood-phone');
  await page.getByTestId('groups').click();
  await page.getByRole('dialog').getByTestId('group').first().waitFor();
  expect(await overflow()).toBeLessThanOrEqual(0);
  await picture(page, 'flood-phone-groups');
}
