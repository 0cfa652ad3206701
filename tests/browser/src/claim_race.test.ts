// Two officers claim the same case at the same moment.
import { expect, it } from 'vitest';
import { picture } from './browser/chromium';
import { useBrowser } from './browser/in_tests';
import { Officer } from './browser/officer';
import { useService } from './service/in_tests';
import { createWorkers, LAN, MINH } from './service/people';
import { Phone } from './service/phone';

const service = useService();
const chromium = useBrowser();
it('one wins, the other is told who and when', async () => {
  const [code] = await createWorkers(service, ['Bùi Văn Tranh']);
  const phone = await Phone.enrolled(service, code as never);
  const officers = [
    { member: MINH, at: await Officer.at(chromium.get(), service.url) },
    { member: LAN, at: await Officer.at(chromium.get(), service.url) },
  ] as const;
  for (const { member, at } of officers) await at.startShift(member);

  const { case_id } = await phone.press('rang', { at: { lat: 25.04, lon: 121.51 } });
  const caseId = case_id as string;
  const claims = await Promise.all(
    officers.map(async ({ at }) => {
      await at.open(caseId);
      return at.button('Nhận ca');
    }),
  );
  // Both presses are on their way before either console hears of the other.
  await Promise.all(claims.map((button) => button.click({ noWaitAfter: true })));

  for (const { at } of officers) await at.state('claimed');
  const { case: now } = await officers[0].at.detail(caseId);
  const winner = officers.find(({ member }) => member.name === now.owner?.name);
  const loser = officers.find((other) => other !== winner);
  expect(winner).toBeDefined();

  const told = loser?.at.page.getByRole('alert').filter({ hasText: 'đã nhận ca này lúc' });
  await told?.waitFor();
  const pattern = new RegExp(`${winner?.member.name} đã nhận ca này lúc \\d\\d:\\d\\d:\\d\\d`);
  expect(await told?.textContent()).toMatch(pattern);
  await picture(loser?.at.page as never, 'claim-race-loser');
  for (const { at } of officers) await at.leave();
});
