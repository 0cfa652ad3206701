// Two officers claim the same case at the same moment.
import { expect, it } from 'vitest';
import { picture } from './browser/chromium';
import { useBrowser } from './browser/in_tests';
import { Officer } from './browser/officer';
import { useService } from './service/in_tests';
import { createWorkers, LAN, MINH } from './service/people';
import { Phone } from './service/phone';

const service = useService();
const chromium = useBrowser({ webgl: false });
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
  for (const { at } of officers) await at.open(caseId);
  await holdUntilBothClaim(officers.map(({ at }) => at));
  await Promise.all(officers.map(({ at }) => at.button('Nhận ca').click()));

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

/** Keeps the claims from the service until both are on their way: neither console has heard of the other by then. */
async function holdUntilBothClaim(officers: Officer[]): Promise<void> {
  let arrived = 0;
  let release = () => {};
  const both = new Promise<void>((done) => (release = done));
  for (const { page } of officers) {
    await page.route('**/claim', async (route) => {
      if (++arrived === officers.length) release();
      await both;
      await route.continue();
    });
  }
}
