// Nobody is signed in when the worker presses: who comes sees whom the service told meanwhile.
import { randomUUID } from 'node:crypto';
import { afterAll, expect, it } from 'vitest';
import type { Policy, Target } from '@protocol';
import { picture } from './browser/chromium';
import { useBrowser } from './browser/in_tests';
import { Officer } from './browser/officer';
import { looksRight } from './browser/screens';
import { query } from './service/database';
import { useService } from './service/in_tests';
import { createStaff, createWorkers, DUC, LAN } from './service/people';
import { Phone } from './service/phone';
import { PushService } from './service/push_service';
import { StaffApi } from './service/staff_api';
import { until } from './wait';

let services: PushService | undefined;
const service = useService(async () => {
  services = await PushService.start();
  return { SOS_PUSH_CONTACT: 'mailto:sos@example.org', SOS_WEB_PUSH_SERVICES: services.origin };
});
const chromium = useBrowser({ webgl: false });
afterAll(() => services?.stop());

it('is shown to whoever comes, and stops when the case is claimed', async () => {
  await createStaff(service, [DUC]);
  await isReachable();
  const [code] = await createWorkers(service, ['Phan Thị Đợi']);
  const phone = await Phone.enrolled(service, code as never);
  await phone.press('received', { at: { lat: 25.04, lon: 121.51 } });
  await services?.first('the push to the supervisor', () => true);
  const caseId = await until('the case', async () => (await query(service, 'SELECT case_id FROM cases'))[0]?.[0]);

  const lan = await Officer.at(chromium.get(), service.url);
  const { page } = lan;
  await lan.startShift(LAN);
  await page.locator('[data-testid=sound][data-sound=ringing]').waitFor();
  await lan.open(caseId);
  await lan.tab('Báo động');
  const view = page.getByTestId('escalation');
  await view.locator('[data-state=sent]').filter({ hasText: `${DUC.name} · trình duyệt` }).first().waitFor();
  await view.getByTestId('unanswered').filter({ hasText: 'Chưa ai trả lời' }).waitFor();
  // She is there now: the next step finds her console.
  await view.locator('[data-state=sent]').filter({ hasText: `${LAN.name} · bàn trực` }).first().waitFor();
  expect(await page.getByTestId('next-step').textContent()).toMatch(/Bước báo tiếp theo sau|Đang tới bước/);
  await looksRight(page, 'escalation-unanswered', '[data-testid=escalation]');

  await lan.claim();
  await view.getByTestId('unanswered').waitFor({ state: 'detached' });
  await page.getByTestId('next-step').filter({ hasText: 'Nếu không ai làm gì' }).waitFor();
  await picture(page, 'escalation-claimed');
  await lan.leave();
});

/** The supervisor can be told in a browser, and is so a few seconds after the consoles of the desk. */
async function isReachable(): Promise<void> {
  const duc = await StaffApi.as(service, DUC);
  const { endpoint, keys } = services!.subscription('duc');
  await duc.put(`/api/me/channels/${randomUUID()}`, { label: 'Máy ở nhà', target: { kind: 'push', target: { kind: 'web', endpoint, ...keys } } });
  const consoles: Target[] = [{ kind: 'consoles' }];
  const policy: Policy = {
    id: randomUUID(),
    desk: 'tw-taipei',
    version: 0,
    common: {
      steps: [{ delay_s: 2, targets: consoles }, { delay_s: 4, targets: [{ kind: 'supervisors' }] }, { delay_s: 12, targets: consoles }],
      repeats: 9,
    },
    silent_s: 600,
  };
  await duc.put('/api/cover/policies/tw-taipei', { policy });
}
