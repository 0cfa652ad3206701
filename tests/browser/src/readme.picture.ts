// The picture of the console in the README, of a desk with some life in it.
import { statSync } from 'node:fs';
import { expect, it } from 'vitest';
import { useBrowser } from './browser/in_tests';
import { Officer } from './browser/officer';
import { useService } from './service/in_tests';
import { createWorkers, LAN, MINH } from './service/people';
import { Phone } from './service/phone';
import { TOP } from './service/programs';
import { until } from './wait';

const PICTURE = `${TOP}ops/docs/console.png`;
const BYTES_MAX = 400 * 1024;

const service = useService();
const chromium = useBrowser();

const PRESSES = [
  { name: 'Phạm Văn Đức', kind: 'held', at: { lat: 24.147, lon: 120.673 } },
  { name: 'Lò Văn Inh' },
  { name: 'Đặng Thuỳ Trâm', kind: 'injured', at: { lat: 22.627, lon: 120.301 } },
  { name: 'Vũ Hoàng Long', at: { lat: 25.6, lon: 122.5 } },
  { name: 'Nguyễn Thị Thanh Hương', kind: 'injured', at: { lat: 25.051, lon: 121.523 }, text: 'Máy cuốn tay, đang chảy máu' },
] as const;

it('the picture for the README', async () => {
  const codes = await createWorkers(service, PRESSES.map(({ name }) => name));
  const officer = await Officer.at(chromium.get(), service.url, { width: 1600, height: 900 }, { map: 'detailed' });
  const colleague = await Officer.at(chromium.get(), service.url);
  await officer.startShift(MINH);
  await colleague.startShift(LAN);

  const phones: Phone[] = [];
  const cases: string[] = [];
  for (const [i, { name: _, ...press }] of PRESSES.entries()) {
    const phone = await Phone.enrolled(service, codes[i] as never);
    phones.push(phone);
    cases.push((await phone.press('rang', press)).case_id as string);
  }
  await Phone.unknown(service).press('rang', { at: { lat: 23.48, lon: 120.44 } });
  await (phones[0] as Phone).write('Chủ giữ hộ chiếu, khoá cửa ngoài');
  await colleague.open(cases[3] as string);
  await colleague.claim();

  await officer.open(cases[4] as string);
  await officer.claim();
  const hand = (phones[4] as Phone).walk(PRESSES[4].at, { seconds: 120, everyS: 1 });
  await officer.write('Chị có đang an toàn không? Có ai ở cạnh chị không?');
  await hand.hears('Chị có đang an toàn không?');
  hand.say('Em ở xưởng 3, có chị tổ trưởng ở cạnh');
  await officer.page.getByTestId('message-worker').first().waitFor();
  await officer.write('Em đã gọi 119. Xe cấp cứu đang đến, chị giữ tay cao lên nhé.');
  await hand.hears('Em đã gọi 119');
  await officer.mapIsDrawn('gl');
  await until('a trail', async () => (await officer.detail(cases[4] as string)).fixes.length >= 15);
  await officer.page.getByRole('button', { name: 'Xem tất cả ca' }).click();
  await officer.page.mouse.move(700, 860);
  await officer.page.locator('[data-testid=map][data-state=moving]').waitFor();
  await officer.mapIsDrawn('gl');
  await officer.page.screenshot({ path: PICTURE });
  await hand.putAway();
  expect(statSync(PICTURE).size).toBeLessThan(BYTES_MAX);
});
