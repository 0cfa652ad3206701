// Two officers of one desk at the same case.
import { expect, it } from 'vitest';
import { picture } from './browser/chromium';
import { useBrowser } from './browser/in_tests';
import { Officer } from './browser/officer';
import { looksRight } from './browser/screens';
import { useService } from './service/in_tests';
import { createWorkers, LAN, MINH } from './service/people';
import { Phone } from './service/phone';

const service = useService();
const chromium = useBrowser({ webgl: false });

it('see each other at it, and one takes over when asked', async () => {
  const [code] = await createWorkers(service, ['Lý Thị Chung']);
  const phone = await Phone.enrolled(service, code as never);
  const lan = await Officer.at(chromium.get(), service.url);
  const minh = await Officer.at(chromium.get(), service.url);
  await lan.startShift(LAN);
  await minh.startShift(MINH);
  const { case_id } = await phone.press('rang', { at: { lat: 25.04, lon: 121.51 } });
  const caseId = case_id as string;
  for (const officer of [lan, minh]) await officer.open(caseId);
  await lan.claim();

  const atMinhs = minh.page.getByTestId('presence');
  await atMinhs.getByText(`${LAN.name} đang xem`).waitFor();
  await lan.page.getByTestId('presence').getByText(`${MINH.name} đang xem`).waitFor();
  await lan.page.getByTestId('compose-message').pressSequentially('Chị đang đi tới', { delay: 30 });
  await atMinhs.getByText(`${LAN.name} đang gõ…`).waitFor();
  await looksRight(minh.page, 'two-officers-presence', '.case-panel');

  // Who holds the case decides who is asked.
  expect(await minh.button('Giao').count()).toBe(0);
  await lan.button('Giao').click();
  const dialog = lan.page.getByRole('dialog');
  await dialog.getByRole('radio', { name: MINH.name }).check();
  await picture(lan.page, 'two-officers-assign');
  await dialog.getByRole('button', { name: `Giao cho ${MINH.name}` }).click();
  await lan.page.getByTestId('assigned').filter({ hasText: `Giao cho ${MINH.name}` }).waitFor();
  await minh.page.getByTestId('assigned').filter({ hasText: 'Giao cho bạn' }).waitFor();
  expect((await lan.detail(caseId)).case.owner?.name).toBe(LAN.name);

  await minh.button('Nhận ca').click();
  await minh.page.getByTestId('case-state').filter({ hasText: 'Bạn đang xử lý' }).waitFor();
  await lan.page.getByTestId('case-state').filter({ hasText: `${MINH.name} đang xử lý` }).waitFor();
  expect(await lan.button('Đóng ca').count()).toBe(0);

  await lan.page.getByRole('button', { name: 'Đóng khung ca' }).click();
  await atMinhs.getByText(`${LAN.name} đang xem`).waitFor({ state: 'detached' });
  for (const officer of [lan, minh]) await officer.leave();
});
