// How long from the press on the phone to the sound at the desk, on one machine. A measure, not a test: `npm run measure`.
import { expect, it } from 'vitest';
import { useBrowser } from './browser/in_tests';
import { Officer } from './browser/officer';
import { sounds } from './browser/sound';
import { useService } from './service/in_tests';
import { createWorkers, LAN } from './service/people';
import { Phone, pressedAtMs } from './service/phone';
import { until } from './wait';

/** One more, and the console takes them for a flood and no longer starts its sound for every single one. */
const PRESSES = 10;

const service = useService();
const chromium = useBrowser();
it('a press rings within a moment', async () => {
  const codes = await createWorkers(service, Array.from({ length: PRESSES }, (_, i) => `Đo Nhanh ${i}`));
  const phones = await Promise.all(codes.map((code) => Phone.enrolled(service, code)));
  const officer = await Officer.at(chromium.get(), service.url);
  await officer.startShift(LAN);
  await officer.mapIsDrawn();

  const took_ms: number[] = [];
  for (const phone of phones) {
    // Nothing else rings meanwhile, so the first tone after the press is its own.
    await officer.page.locator('[data-testid=sound][data-sound=on]').waitFor();
    const receipt = await phone.press('rang', { at: { lat: 25.03, lon: 121.55 } });
    const pressed = pressedAtMs(receipt.alert_id);
    const rang = await until('a tone', async () => (await sounds(officer.page)).find((at) => at >= pressed));
    took_ms.push(rang - pressed);
    await officer.open(receipt.case_id as string);
    await officer.claim();
  }
  took_ms.sort((a, b) => a - b);
  const median = ((took_ms[PRESSES / 2 - 1] ?? 0) + (took_ms[PRESSES / 2] ?? 0)) / 2;
  console.log(`press to ring over ${PRESSES} presses: median ${median} ms, slowest ${took_ms.at(-1)} ms`);
  expect(took_ms.length).toBe(PRESSES);
  await officer.leave();
});
