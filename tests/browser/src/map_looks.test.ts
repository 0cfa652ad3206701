// The map as it is drawn in two dimensions and with WebGL: both show the same, and the first can be worked with as well as the other.
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { picture } from './browser/chromium';
import { useBrowser } from './browser/in_tests';
import { OFFICE, Officer } from './browser/officer';
import { presses } from './service/flood';
import { useService } from './service/in_tests';
import { createWorkers, MINH, QUAN } from './service/people';
import { Phone } from './service/phone';
import { until } from './wait';

const PLACE = { lat: 23.5, lon: 120.9 };
const FIXES = 10;
const CASES = 200;
/** A pointer that goes over the map in such steps comes upon every mark, in pixels. */
const STEP_PX = 18;
const service = useService();
const chromium = useBrowser();

const at = (kind: 'flat' | 'gl') => Officer.at(chromium.get(), service.url, OFFICE, kind === 'gl' ? { map: 'detailed' } : {});
const controls = (page: Page) => page.locator('.controls button');
const scale = (page: Page) => page.locator('.map-scale').textContent();

describe.each(['flat', 'gl'] as const)('the %s map', (kind) => {
  it('shows a case, its way and how sure its place is', async () => {
    const [code] = await createWorkers(service, [`Đàm Thị Bản ${kind}`]);
    const phone = await Phone.enrolled(service, code as never);
    const officer = await at(kind);
    const { page } = officer;
    await officer.startShift(MINH);
    const { case_id } = await phone.press('rang', { at: PLACE, kind: 'injured' });
    const hand = phone.walk(PLACE, { seconds: 60, everyS: 1 });
    await officer.open(case_id as string);
    await until('a trail', async () => (await officer.detail(case_id as string)).fixes.length >= FIXES);
    await officer.mapIsDrawn(kind);
    await picture(page, `map-${kind}-chosen`);
    for (let i = 0; i < 5; i++) {
      await controls(page).first().click();
      await officer.mapIsDrawn(kind);
    }
    // The next fix brings the case back into the middle, if it is followed.
    const chosen = () => page.getByTestId('map').getAttribute('data-chosen');
    const before = await chosen();
    await until('the next fix', async () => (await chosen()) !== before);
    await officer.mapIsDrawn(kind);
    await picture(page, `map-${kind}-close`);
    await hand.putAway();
    await officer.leave();
  });
});

describe('the flat map in a flood', () => {
  it('draws many as one, opens them, and goes by keys', { timeout: 240_000 }, async () => {
    const officer = await at('flat');
    const { page } = officer;
    await officer.startShift(MINH);
    await presses(service, CASES);
    await page.getByRole('button', { name: 'Xem tất cả ca' }).click();
    await officer.mapIsDrawn();
    await picture(page, 'map-flat-flood');
    const before = await scale(page);
    await clickAMark(page);
    await until('the map is closer', async () => (await scale(page)) !== before);
    await officer.mapIsDrawn();
    await picture(page, 'map-flat-flood-open');

    await page.getByRole('application').focus();
    const close = await scale(page);
    for (let i = 0; i < 6; i++) await page.keyboard.press('-');
    await page.keyboard.press('ArrowLeft');
    await until('the map is further off', async () => (await scale(page)) !== close);
    await officer.mapIsDrawn();
    await picture(page, 'map-flat-keys');
    await officer.leave();
  });

  it.each(['flat', 'gl'] as const)('looks as the other does: %s', { timeout: 240_000 }, async (kind) => {
    const officer = await at(kind);
    const { page } = officer;
    await officer.startShift(MINH);
    await officer.mapIsDrawn(kind);
    await page.getByRole('button', { name: 'Xem tất cả ca' }).click();
    await officer.mapIsDrawn(kind);
    await picture(page, `map-${kind}-dark`);
    await page.getByRole('button', { name: 'Tuỳ chọn' }).click();
    await page.locator('#menu').getByRole('button', { name: 'Sáng' }).click();
    await page.locator('#menu').getByRole('button', { name: /English|EN/ }).click();
    await picture(page, `map-${kind}-menu`);
    await page.keyboard.press('Escape');
    for (let i = 0; i < 3; i++) {
      await controls(page).nth(1).click();
      await officer.mapIsDrawn(kind);
    }
    await picture(page, `map-${kind}-light`);
    await page.setViewportSize({ width: 390, height: 844 });
    await page.getByRole('navigation').getByRole('button', { name: 'Map' }).click();
    await officer.mapIsDrawn(kind);
    await picture(page, `map-${kind}-narrow`);
    expect(await page.getByTestId('map').getAttribute('data-kind')).toBe(kind);
    await officer.leave();
  });
});

it('the officer chooses between the two, and the other one is there at once', async () => {
  const officer = await at('flat');
  const { page } = officer;
  await officer.startShift(MINH);
  await officer.mapIsDrawn('flat');
  await page.getByRole('button', { name: 'Tuỳ chọn' }).click();
  await page.locator('#menu').getByRole('button', { name: 'Chi tiết' }).click();
  await officer.mapIsDrawn('gl');
  await page.locator('#menu').getByRole('button', { name: 'Đơn giản' }).click();
  await officer.mapIsDrawn('flat');
  expect(await page.getByTestId('map').locator('canvas').count()).toBe(2);
  await officer.leave();
});

it('the map of the desks is drawn, and where it is clicked the post goes', async () => {
  const officer = await at('flat');
  const { page } = officer;
  await officer.signIn(QUAN);
  await page.getByRole('navigation', { name: 'Các mục' }).getByRole('button', { name: 'Bàn trực', exact: true }).click();
  await page.getByRole('button', { name: /Đài Bắc/ }).first().click();
  const map = page.getByTestId('desk-map');
  await map.locator('[data-state=idle]').waitFor();
  await map.scrollIntoViewIfNeeded();
  await map.getByRole('application').click({ position: { x: 200, y: 120 } });
  const before = await page.getByLabel('Vĩ độ').inputValue();
  await map.getByRole('application').click({ position: { x: 200, y: 160 } });
  await until('the post is further south', async () => Number(await page.getByLabel('Vĩ độ').inputValue()) < Number(before));
  await picture(page, 'map-flat-desks');
  await officer.leave();
});

/** Goes over the map as somebody who looks for something to click, and clicks it. */
async function clickAMark(page: Page): Promise<void> {
  const map = page.getByTestId('map');
  const box = await map.boundingBox();
  if (!box) throw new Error('no map');
  for (let y = box.y + STEP_PX; y < box.y + box.height / 2; y += STEP_PX) {
    for (let x = box.x + STEP_PX; x < box.x + box.width - 80; x += STEP_PX) {
      await page.mouse.move(x, y);
      const cursor = await map.locator('canvas').last().evaluate((canvas) => canvas.style.cursor);
      if (cursor !== 'pointer') continue;
      return page.mouse.click(x, y);
    }
  }
  throw new Error('nothing can be clicked');
}
