// A worker presses SOS; an officer answers, follows, writes, closes; all of it is on record.
import { expect, it } from 'vitest';
import { picture } from './browser/chromium';
import { useBrowser } from './browser/in_tests';
import { OFFICE, Officer } from './browser/officer';
import { sounds } from './browser/sound';
import { query } from './service/database';
import { useService } from './service/in_tests';
import { createWorkers, MINH } from './service/people';
import { Phone, type PhoneInHand } from './service/phone';
import { until } from './wait';

const service = useService();
const chromium = useBrowser();
const TAIPEI = { lat: 25.05, lon: 121.52 };
const NAME = 'Nguyễn Thị Thanh Hương';

it('press, ring, claim, talk, follow, close, on record', async () => {
  const [code] = await createWorkers(service, [NAME]);
  const phone = await Phone.enrolled(service, code as never);
  const officer = await Officer.at(chromium.get(), service.url, OFFICE, { map: 'detailed' });
  const { page } = officer;

  await officer.startShift(MINH);
  await until('the test tone', async () => (await sounds(page)).length > 0);
  const quiet = (await sounds(page)).length;

  const rang = await phone.press('rang', { at: TAIPEI, kind: 'injured', text: 'Máy cuốn tay' });
  const caseId = rang.case_id as string;
  await officer.row(caseId).waitFor();
  expect(await officer.row(caseId).textContent()).toContain(NAME);
  expect((await sounds(page)).length).toBeGreaterThan(quiet);

  await officer.open(caseId);
  await officer.mapIsDrawn('gl');
  await picture(page, 'story-1-ringing');
  await officer.claim();
  await page.locator('[data-testid=sound][data-sound=on]').waitFor();

  const hand = phone.walk(TAIPEI, { seconds: 300, everyS: 1 });
  try {
    expect((await hand.reaches('claimed')).by).toBe(MINH.name);
    await talk(officer, hand);
    await follow(officer);
    await picture(page, 'story-2-claimed');
    await officer.close('Đã giải quyết', 'Đã đưa vào bệnh viện Đài Bắc.');
    await hand.reaches('closed');
  } finally {
    await hand.putAway();
  }
  await picture(page, 'story-3-closed');
  await isOnRecord(caseId);
  await officer.leave();
});

async function talk({ page }: Officer, hand: PhoneInHand): Promise<void> {
  const compose = page.getByTestId('compose-message');
  await compose.fill('Chị có đang an toàn không?');
  await page.keyboard.press('Enter');
  await hand.hears('Chị có đang an toàn không?');
  await page.locator('[data-testid=message-desk] [data-step=delivered]').waitFor();
  hand.say('Em ở cổng xưởng 3');
  await page.getByTestId('message-worker').filter({ hasText: 'Em ở cổng xưởng 3' }).waitFor();
}

async function follow({ page }: Officer): Promise<void> {
  const chosen = () => page.getByTestId('map').getAttribute('data-chosen');
  const places = new Set<string>();
  await until('three places on the map', async () => {
    places.add((await chosen()) ?? '');
    return places.size >= 3;
  });
  const [lon, lat] = ((await chosen()) ?? '').split(',').map(Number);
  expect(Math.abs((lat ?? 0) - TAIPEI.lat)).toBeLessThan(0.1);
  expect(Math.abs((lon ?? 0) - TAIPEI.lon)).toBeLessThan(0.1);
  expect(await page.getByTestId('position').getAttribute('data-freshness')).toBe('fresh');
}

async function isOnRecord(caseId: string): Promise<void> {
  const [row] = await query(service, `SELECT state, desk_id, disposition, summary FROM cases WHERE case_id = '${caseId}'`);
  expect(row).toEqual(['closed', 'tw-taipei', 'resolved', 'Đã đưa vào bệnh viện Đài Bắc.']);
  const kinds = (await query(service, `SELECT kind FROM ledger WHERE case_id = '${caseId}' ORDER BY seq`)).flat();
  expect(kinds[0]).toBe('opened');
  expect(kinds.at(-1)).toBe('closed');
  for (const kind of ['rang', 'seen', 'claimed', 'message', 'delivered']) expect(kinds).toContain(kind);
  const [[fixes]] = (await query(service, `SELECT count(*) FROM fixes JOIN alerts USING (alert_id) WHERE case_id = '${caseId}'`)) as [[string]];
  expect(Number(fixes)).toBeGreaterThan(2);
}
